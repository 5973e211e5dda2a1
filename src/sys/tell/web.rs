//! Requests to addresses of the web.

use super::{Failed, PATIENCE, causes};
use crate::job::hook::Url;
use std::sync::Arc;
use ureq::Agent;
use ureq::http::StatusCode;
use ureq::tls::{RootCerts, TlsConfig, TlsProvider};

/// What asks: one for all, so that connections are used again.
#[derive(Clone, Debug)]
pub struct Web(Agent);

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub enum Request<'a> {
    /// Without a body.
    Get,
    /// With a text.
    Text(&'a str),
    /// With a document.
    Json(&'a [u8]),
}

impl<'a> Request<'a> {
    /// Its type and its bytes, if it has a body.
    fn body(self) -> Option<(&'static str, &'a [u8])> {
        match self {
            Request::Get => None,
            Request::Text(text) => Some(("text/plain; charset=utf-8", text.as_bytes())),
            Request::Json(bytes) => Some(("application/json", bytes)),
        }
    }
}

impl Default for Web {
    fn default() -> Self {
        // the host's own certificates: an operator adds one there, and nowhere else
        let tls = TlsConfig::builder()
            .provider(TlsProvider::Rustls)
            .root_certs(RootCerts::PlatformVerifier)
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .build();
        let config = Agent::config_builder()
            .tls_config(tls)
            .timeout_global(Some(PATIENCE))
            // a secret is for one place, and not for where that place sends us
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .user_agent(concat!("process-control/", env!("CARGO_PKG_VERSION")))
            .build();
        Web(config.into())
    }
}

impl Web {
    /// Asks; `authorization` is the value of that header.
    ///
    /// # Errors
    /// Why it failed. No answer, a busy server and an error of its own may be better later.
    pub fn ask(&self, url: &Url, request: Request<'_>, authorization: Option<&str>) -> Result<(), Failed> {
        let server = url.server();
        let answer = match request.body() {
            None => {
                let asked = self.0.get(url.as_str());
                match authorization {
                    Some(value) => asked.header("Authorization", value).call(),
                    None => asked.call(),
                }
            }
            Some((kind, body)) => {
                let asked = self.0.post(url.as_str()).header("Content-Type", kind);
                match authorization {
                    Some(value) => asked.header("Authorization", value).send(body),
                    None => asked.send(body),
                }
            }
        };
        // not the whole address: it may be one that nobody else shall know
        match answer.map(|answer| answer.status()) {
            Ok(status) if status.is_success() => Ok(()),
            Ok(status) => {
                let why = format!("{server} answers {status}");
                let busy = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_MANY_REQUESTS].contains(&status);
                Err(if busy || status.is_server_error() { Failed::Later(why) } else { Failed::Never(why) })
            }
            Err(error) => Err(Failed::Away(format!("{server}: {}", causes(&error)))),
        }
    }
}
