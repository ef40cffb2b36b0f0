//! From the first byte to CONNACK: one CONNECT packet, who it is, and the session (MQTT 5.0, 3.1 and 3.2).

use std::{collections::VecDeque, net::SocketAddr, sync::Arc, time::Duration};

use bytes::{Bytes, BytesMut};
use rumqttd::protocol::{ConnAckProperties, ConnectReturnCode, LastWill, LastWillProperties, PublishProperties};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    time::Instant,
};
use tracing::debug;

use super::{Client, Shared, TOPIC_ALIASES, farewell};
use crate::{
    auth::{Identity, Login, Refusal},
    hub::{Attach, Attached, NotYours},
    mailbox::{Mailbox, RECEIVE_MAXIMUM},
    message::{Message, Publisher, Qos},
    session::Will,
    topic,
    wire::{self, Connect, Encoder, Version, WireError},
};

/// Longest client id and user name taken, in bytes.
const MAX_NAME: usize = 1024;

/// Largest CONNECT taken, in bytes: strangers get no big buffers.
const MAX_CONNECT: usize = 32 * 1024;

/// Lets a client in; `None` if it was refused or went away.
pub(super) async fn greet<S: AsyncRead + AsyncWrite + Unpin>(
    shared: &Arc<Shared>,
    stream: &mut S,
    input: &mut BytesMut,
    peer: SocketAddr,
) -> Option<Client> {
    let connect = match read_connect(shared, stream, input).await? {
        Ok(connect) => connect,
        Err(error) => {
            shared.hub.counters.protocol_errors.add(1);
            debug!(%peer, %error, "not a connect");
            if let WireError::Level(level) = error {
                let version = (level > 5).then_some(Version::V5);
                send_refusal(stream, version, ConnectReturnCode::UnsupportedProtocolVersion).await;
            }
            return None;
        }
    };
    let version = connect.version;
    match admit(shared, connect, peer).await {
        Ok(mut client) => {
            stream.write_all(&client.out).await.ok()?;
            client.out.clear();
            Some(client)
        }
        Err(code) => {
            shared.hub.counters.refused_logins.add(1);
            debug!(%peer, ?code, "login refused");
            send_refusal(stream, Some(version), code).await;
            None
        }
    }
}

async fn send_refusal<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    version: Option<Version>,
    code: ConnectReturnCode,
) {
    let mut out = BytesMut::new();
    wire::refuse(version, code, &mut out);
    let (mut reader, mut writer) = tokio::io::split(stream);
    farewell(&mut reader, &mut writer, &out).await;
}

async fn read_connect<S: AsyncRead + Unpin>(
    shared: &Shared,
    stream: &mut S,
    input: &mut BytesMut,
) -> Option<Result<Connect, WireError>> {
    let max_size = shared.config.max_packet_size.min(MAX_CONNECT);
    loop {
        match wire::next_frame(input, max_size) {
            Ok(Some(frame)) => return Some(wire::decode_connect(frame)),
            Err(error) => return Some(Err(error)),
            Ok(None) => {}
        }
        if stream.read_buf(input).await.ok()? == 0 {
            return None;
        }
    }
}

/// Checks a CONNECT and builds the client with CONNACK in its output.
async fn admit(shared: &Arc<Shared>, mut connect: Connect, peer: SocketAddr) -> Result<Client, ConnectReturnCode> {
    let identity = identify(shared, &mut connect, peer).await?;
    let client_id = client_id(&connect)?;
    let will = match connect.will.take() {
        Some((will, properties)) => Some(check_will(shared, &identity, client_id.as_ref(), &will, properties)?),
        None => None,
    };
    let mailbox = Arc::new(Mailbox::default());
    let expiry = session_expiry(shared, &connect);
    let properties = connect.properties.as_ref();
    let attached = shared.hub.attach(Attach {
        client_id,
        user: Arc::clone(&identity.user),
        clean: connect.clean,
        expiry,
        receive_maximum: properties.and_then(|p| p.receive_maximum).unwrap_or(u16::MAX),
        will,
        mailbox: Arc::clone(&mailbox),
    });
    let Attached { session, client_id, present, will } =
        attached.map_err(|NotYours| ConnectReturnCode::ClientIdentifierNotValid)?;
    if let Some(will) = will {
        shared.switch.publish(will, None);
    }
    let max_size = properties.and_then(|p| p.max_packet_size).map_or(usize::MAX, |size| size as usize);
    let encoder = Encoder { version: connect.version, max_size };
    let mut out = BytesMut::new();
    encoder.connack(present, connack_properties(shared, &connect, expiry, &client_id), &mut out);
    let now = Instant::now();
    Ok(Client {
        shared: Arc::clone(shared),
        identity,
        name: client_id,
        session,
        mailbox,
        encoder,
        keep_alive: Some(Duration::from_millis(u64::from(connect.keep_alive) * 1500)).filter(|time| !time.is_zero()),
        last_heard: now,
        aliases: Vec::new(),
        unanswered: VecDeque::new(),
        finished: Vec::new(),
        outgoing: Vec::new(),
        out,
        last_written: now,
        blocking_since: None,
    })
}

async fn identify(shared: &Shared, connect: &mut Connect, peer: SocketAddr) -> Result<Identity, ConnectReturnCode> {
    if connect.properties.as_ref().is_some_and(|p| p.authentication_method.is_some()) {
        return Err(ConnectReturnCode::BadAuthenticationMethod);
    }
    let login = connect.login.take().filter(|login| !login.username.is_empty());
    let login = login.ok_or(ConnectReturnCode::NotAuthorized)?;
    if login.username.len() > MAX_NAME {
        return Err(ConnectReturnCode::BadUserNamePassword);
    }
    let login = Login { user: login.username, password: login.password, client_id: connect.client_id.clone(), peer };
    shared.auth.verify(login).await.map_err(|refusal| match refusal {
        Refusal::BadCredentials => ConnectReturnCode::BadUserNamePassword,
        Refusal::NotAuthorized => ConnectReturnCode::NotAuthorized,
        Refusal::Busy => ConnectReturnCode::ServerBusy,
    })
}

/// The client's id; `None` if the broker is to make one, which 3.1.1 allows for clean sessions only (3.1.3.1).
fn client_id(connect: &Connect) -> Result<Option<Arc<str>>, ConnectReturnCode> {
    let id = connect.client_id.as_str();
    let nameless_kept = id.is_empty() && connect.version == Version::V4 && !connect.clean;
    if nameless_kept || id.len() > MAX_NAME {
        return Err(ConnectReturnCode::ClientIdentifierNotValid);
    }
    Ok(Some(id).filter(|id| !id.is_empty()).map(Arc::from))
}

fn check_will(
    shared: &Shared,
    identity: &Identity,
    client_id: Option<&Arc<str>>,
    will: &LastWill,
    properties: Option<LastWillProperties>,
) -> Result<Will, ConnectReturnCode> {
    let name = str::from_utf8(&will.topic).map_err(|_| ConnectReturnCode::TopicNameInvalid)?;
    topic::check_name(name).map_err(|_| ConnectReturnCode::TopicNameInvalid)?;
    if !shared.hub.rules.may_be_will(name) || !identity.rights.may_publish(name) {
        shared.hub.counters.refused_publishes.add(1);
        return Err(ConnectReturnCode::NotAuthorized);
    }
    let delay = properties.as_ref().and_then(|p| p.delay_interval).unwrap_or(0);
    let message = Message {
        topic: name.into(),
        payload: Bytes::copy_from_slice(&will.message),
        qos: Qos::from_level(will.qos as u8).unwrap_or(Qos::AtMostOnce),
        retain: will.retain,
        again: false,
        publisher: Publisher::Client {
            user: Arc::clone(&identity.user),
            client_id: client_id.cloned().unwrap_or_else(|| Arc::from("")),
        },
        session: 0,
        durable: true,
        properties: properties.map(|properties| Box::new(will_properties(properties))),
        arrived: Instant::now(),
    };
    Ok(Will { message, delay: Duration::from_secs(u64::from(delay)) })
}

fn will_properties(will: LastWillProperties) -> PublishProperties {
    PublishProperties {
        payload_format_indicator: will.payload_format_indicator,
        message_expiry_interval: will.message_expiry_interval,
        response_topic: will.response_topic,
        correlation_data: will.correlation_data,
        user_properties: will.user_properties,
        content_type: will.content_type,
        topic_alias: None,
        subscription_identifiers: Vec::new(),
    }
}

fn session_expiry(shared: &Shared, connect: &Connect) -> Duration {
    let longest = shared.config.max_session_expiry;
    match connect.version {
        Version::V4 if connect.clean => Duration::ZERO,
        Version::V4 => longest,
        Version::V5 => {
            let seconds = connect.properties.as_ref().and_then(|p| p.session_expiry_interval).unwrap_or(0);
            Duration::from_secs(u64::from(seconds)).min(longest)
        }
    }
}

fn connack_properties(shared: &Shared, connect: &Connect, expiry: Duration, client_id: &str) -> ConnAckProperties {
    let asked = connect.properties.as_ref().and_then(|p| p.session_expiry_interval).unwrap_or(0);
    let granted = u32::try_from(expiry.as_secs()).unwrap_or(u32::MAX);
    ConnAckProperties {
        session_expiry_interval: (granted != asked).then_some(granted),
        receive_max: Some(RECEIVE_MAXIMUM),
        max_packet_size: u32::try_from(shared.config.max_packet_size).ok(),
        assigned_client_identifier: connect.client_id.is_empty().then(|| client_id.to_owned()),
        topic_alias_max: Some(TOPIC_ALIASES),
        shared_subscription_available: Some(0),
        ..ConnAckProperties::default()
    }
}
