//! What goes over a connection, and over the next one.

use http::header::AUTHORIZATION;
use irori::{
    App, SocketRef,
    handler::{Policy, define_socket_with},
};
use irori_client::{Delivery, Endpoint, Options, Status, use_socket};

use crate::host::{ECHO, Host, becomes, echo, lost, stubborn, within};

#[tokio::test]
async fn messages_come_back_in_order_and_whole() {
    let host = Host::start(echo()).await;
    let socket = use_socket(ECHO, Options::to(host.url()));
    let mut messages = socket.messages();
    within(socket.opened()).await.unwrap();
    // One that is longer than any buffer on its way, between short ones.
    let sent = ["one".to_owned(), "囲炉裏".repeat(500_000), String::new(), "four".to_owned()];
    for text in &sent {
        socket.send(text).unwrap();
    }
    for text in sent {
        assert!(within(messages.recv()).await == Some(text), "it is not what was sent");
    }
}

#[tokio::test]
async fn a_server_that_is_gone_and_back_hears_what_was_said_meanwhile() {
    let host = Host::start(echo()).await;
    let socket = use_socket(ECHO, stubborn(&host.url()));
    becomes(&socket, Status::Open).await;
    let addr = host.addr;
    drop(host);
    assert_eq!(lost(&socket).await, irori_client::CloseInfo::lost());
    becomes(&socket, Status::Reconnecting).await;

    let mut messages = socket.messages();
    assert_eq!(socket.send(&"meanwhile".to_owned()).unwrap(), Delivery::Queued);
    let _host = Host::start_at(addr, echo()).await;
    assert_eq!(within(messages.recv()).await.as_deref(), Some("meanwhile"));
    assert_eq!((socket.status().get(), socket.close_info().get()), (Status::Open, None));
}

#[tokio::test]
async fn a_token_and_subprotocols_arrive() {
    const WHO: SocketRef<String, [String; 2]> = SocketRef::new("src/who", "who");
    let who = define_socket_with(WHO, (), async |(), upgrade, _| {
        Ok(upgrade.header(AUTHORIZATION.as_str()).unwrap_or_default().to_owned())
    });
    let who = who.policy(Policy::new().protocols(&["chat.v1"])).on_open(async |(), socket| {
        socket.send(&[socket.data().clone(), socket.protocol().unwrap_or_default().to_owned()])?;
        Ok(())
    });
    let host = Host::start(App::new().socket(WHO, who)).await;
    let url = host.url();
    let socket = use_socket(
        WHO,
        Options::ask(move || {
            let endpoint = Endpoint::new(&url).protocol("chat.v2").protocol("chat.v1").bearer("a.b.c");
            async move { Ok(endpoint?) }
        }),
    );
    let told = within(socket.messages().recv()).await;
    assert_eq!(told, Some(["Bearer a.b.c".to_owned(), "chat.v1".to_owned()]));
}
