//! `wss:`, with what lies in front of servers: something that speaks TLS, and passes on what is inside.

use std::{net::SocketAddr, sync::Arc};

use irori_client::{CloseInfo, Native, Options, rustls, use_socket};
use rustls::{
    ClientConfig, RootCertStore, ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::AbortHandle,
};
use tokio_rustls::TlsAcceptor;

use crate::host::{ECHO, Host, echo, problem_of, within};

/// Speaks TLS in front of a host, by a certificate of its own making.
struct Front {
    addr: SocketAddr,
    certificate: CertificateDer<'static>,
    task: AbortHandle,
}

impl Front {
    async fn before(host: SocketAddr) -> Self {
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let certificate = made.cert.der().clone();
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.clone()], key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    let mut outside = acceptor.accept(stream).await?;
                    copy_bidirectional(&mut outside, &mut TcpStream::connect(host).await?).await
                });
            }
        });
        Self { addr, certificate, task: task.abort_handle() }
    }

    /// By the name that the certificate is for.
    fn url(&self) -> String {
        format!("https://localhost:{}", self.addr.port())
    }

    /// A client that trusts it.
    fn trusted(&self) -> Native {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone()).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        Native::with_tls(Arc::new(config))
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[tokio::test]
async fn messages_and_the_close_pass_through_tls() {
    let host = Host::start(echo()).await;
    let front = Front::before(host.addr).await;
    let socket = use_socket(ECHO, Options::through_to(front.trusted(), front.url()));
    let mut messages = socket.messages();
    within(socket.opened()).await.unwrap();
    // One that is longer than any record of TLS, between short ones.
    let sent = ["one".to_owned(), "囲炉裏".repeat(50_000), "three".to_owned()];
    for text in &sent {
        socket.send(text).unwrap();
    }
    for text in sent {
        assert!(within(messages.recv()).await == Some(text), "it is not what was sent");
    }
    socket.close(4321, "bye").unwrap();
    assert_eq!(within(socket.closed()).await, CloseInfo::new(4321, "bye", true));
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_refused() {
    let host = Host::start(echo()).await;
    let front = Front::before(host.addr).await;
    let problem = problem_of(Options::to(front.url())).await;
    assert!(problem.contains("invalid peer certificate"), "{problem}");
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused() {
    let host = Host::start(echo()).await;
    let front = Front::before(host.addr).await;
    let by_number = format!("https://{}", front.addr);
    let problem = problem_of(Options::through_to(front.trusted(), by_number)).await;
    assert!(problem.contains("not valid for name"), "{problem}");
}
