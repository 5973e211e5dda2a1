//! Work that is shared among threads.

use std::panic::resume_unwind;
use std::thread::{Builder, available_parallelism, scope};

/// Hands the list in consecutive pieces to as many threads as there are cores, each with `least` items or more, and gives what
/// became of the pieces, in their order. Where no thread can be had, the caller's own does it.
pub fn share<T: Sync, P: Send>(items: &[T], least: usize, work: impl Fn(&[T]) -> P + Sync) -> Vec<P> {
    let most = items.len() / least;
    // a short list shall not cost a look at the host's cores
    let threads = if most < 2 { 1 } else { available_parallelism().map_or(1, |cores| cores.get().min(most)) };
    let size = items.len().div_ceil(threads).max(1);
    let (own, others) = items.split_at(size.min(items.len()));
    let work = &work;
    scope(|scope| {
        let started: Vec<_> =
            others.chunks(size).map(|piece| (piece, Builder::new().spawn_scoped(scope, move || work(piece)))).collect();
        let first = work(own);
        let rest = started.into_iter().map(|(piece, thread)| match thread {
            Ok(thread) => thread.join().unwrap_or_else(|panic| resume_unwind(panic)),
            Err(_) => work(piece),
        });
        std::iter::once(first).chain(rest).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn each_item_is_worked_on_once_and_in_order() {
        for count in [0, 1, 2, 3, 7, 1000] {
            let items: Vec<usize> = (0..count).collect();
            for least in [1, 2, 128] {
                let pieces = share(&items, least, <[usize]>::to_vec);
                assert!(pieces.len() == 1 || pieces.iter().all(|piece| !piece.is_empty()), "{pieces:?}");
                assert_eq!(pieces.concat(), items);
            }
        }
    }
}
