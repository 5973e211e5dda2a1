//! Questions that go out together.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::pin::Pin;
use zbus::message::{Message, Type};
use zbus::{Connection, MessageStream};

/// Questions that are under way at once. The bus stops reading from who does not read its answers.
pub(super) const PIPELINE: usize = 128;

/// Hands over the answers to all questions, in their order; that of a question may be an error of its own. Neither
/// the questions nor the answers are all there at once.
pub(super) async fn ask(
    connection: &Connection,
    mut questions: impl Iterator<Item = zbus::Result<Message>>,
    mut each: impl FnMut(zbus::Result<Message>),
) -> zbus::Result<()> {
    loop {
        let some = questions.by_ref().take(PIPELINE).collect::<zbus::Result<Vec<Message>>>()?;
        if some.is_empty() {
            return Ok(());
        }
        let mut stream = MessageStream::from(connection);
        answered(connection, &mut stream, &some, |_| ()).await?.into_iter().for_each(&mut each);
    }
}

/// The same for a few questions, with a stream that was there before; `other` gets what else comes meanwhile.
pub(super) async fn answered(
    connection: &Connection,
    stream: &mut MessageStream,
    questions: &[Message],
    mut other: impl FnMut(&Message),
) -> zbus::Result<Vec<zbus::Result<Message>>> {
    let mut places: BTreeMap<u32, usize> = BTreeMap::new();
    for (place, question) in questions.iter().enumerate() {
        places.insert(question.primary_header().serial_num().get(), place);
    }
    connection.send_all(questions).await?;
    let mut answers: Vec<Option<zbus::Result<Message>>> = questions.iter().map(|_| None).collect();
    while !places.is_empty() {
        let message = next(stream).await?;
        match message.header().reply_serial().and_then(|serial| places.remove(&serial.get())) {
            Some(place) if message.message_type() == Type::MethodReturn => answers[place] = Some(Ok(message)),
            Some(place) => answers[place] = Some(Err(message.into())),
            None => other(&message),
        }
    }
    Ok(answers.into_iter().flatten().collect())
}

/// The next message; that none comes any more is an error.
pub(super) async fn next(stream: &mut MessageStream) -> zbus::Result<Message> {
    let message = poll_fn(|context| futures_core::Stream::poll_next(Pin::new(&mut *stream), context)).await;
    message.unwrap_or(Err(zbus::Error::InvalidReply))
}
