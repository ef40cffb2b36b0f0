use super::*;

fn read(text: &str) -> Result<Config, String> {
    parse(Path::new("hearth.toml"), text).map_err(|error| error.to_string())
}

#[test]
fn an_empty_file_is_a_whole_configuration() {
    let config = read("").unwrap();
    assert_eq!(config.hub.state_dir, Path::new("/var/lib/hearth"));
    assert_eq!(config.mqtt.base_topic, "hearth");
    assert!(config.adapters.is_empty());
    assert!(!config.http.plain, "nobody gets a page without TLS who did not ask for it");
}

#[test]
fn what_the_design_names_is_understood() {
    let config = read(
        r#"
        [hub]
        name = "Villa"
        state-dir = "/tmp/x"
        admin-socket = "/tmp/x/admin.sock"
        [http]
        listen = "127.0.0.1:8081"
        plain = true
        [mqtt]
        listen = "127.0.0.1:1884"
        base-topic = "villa"
        [[adapter]]
        name = "stick"
        port = "/dev/serial/by-id/usb-x"
        protocol = "znp"
        baud = 460800
        flow-control = "hardware"
        channel = 20
        [[adapter]]
        name = "attic"
        port = "tcp://192.0.2.7:6638"
        [history]
        flush = "60s"
        retention = "30d"
        "#,
    )
    .unwrap();
    assert_eq!(config.adapters.len(), 2);
    assert_eq!(config.history.flush, Duration::from_secs(60));
}

#[test]
fn any_free_port_and_a_socket_beside_the_state_are_fine() {
    read("[http]\nlisten = \"127.0.0.1:0\"\n[mqtt]\nlisten = \"127.0.0.1:0\"").unwrap();
    read("[http]\nlisten = \"127.0.0.1:8080\"\n[mqtt]\nlisten = \"192.168.1.5:8080\"").unwrap();
    read("[hub]\nstate-dir = \"/a\"\nadmin-socket = \"/a/admin.sock\"").unwrap();
}

#[test]
fn mistakes_are_named_with_their_place() {
    let cases = [
        ("[mqtt]\nlissten = \"x\"", "lissten"),
        ("[mqtt]\nlisten = \"1883\"", "line 2"),
        ("[hub]\nstate-dir = \"x\"", "absolute"),
        ("[http]\nplain = \"yes\"", "line 2"),
        ("[http]\nplian = true", "plian"),
        ("[mqtt]\nbase-topic = \"a/b\"", "base-topic"),
        ("[mqtt]\ntls-listen = \"0.0.0.0:8883\"", "no TLS yet"),
        ("[mqtt]\nbase-topic = \"homeassistant\"", "Home Assistant's own"),
        ("[mqtt]\nbase-topic = \"homeassistant/x\"", "base-topic"),
        ("[mqtt]\nbase-topic = \"$SYS\"", "begins with $"),
        ("[http]\nlisten = \"127.0.0.1:8080\"\n[mqtt]\nlisten = \"0.0.0.0:8080\"", "8080 is the port of [http]"),
        ("[hub]\nstate-dir = \"/a/b\"\nadmin-socket = \"/a/b\"", "/a/b is a directory of state-dir"),
        ("[hub]\nstate-dir = \"/a/b\"\nadmin-socket = \"/a\"", "file name of its own"),
        ("[[adapter]]\nname = \"My Stick\"\nport = \"/dev/a\"", "\"My Stick\" name: it takes 1 to 32 of a-z"),
        ("[[adapter]]\nname = \"\"\nport = \"/dev/a\"", "1 to 32"),
        (
            "[[adapter]]\nname=\"a\"\nport=\"/dev/a\"\n[[adapter]]\nname=\"b\"\nport=\"/dev/a\"",
            "another adapter's port",
        ),
        ("[[adapter]]\nname = \"a\"\nport = \"\"", "port"),
        ("[[adapter]]\nname = \"a\"\nport = \"/dev/a\"\nchannel = 27", "11 to 26"),
        ("[[adapter]]\nname=\"a\"\nport=\"/dev/a\"\n[[adapter]]\nname=\"a\"\nport=\"/dev/b\"", "twice"),
        ("[history]\nflush = \"1s\"", "5s to 300s"),
        ("[history]\nflush = \"soon\"", "length of time"),
    ];
    for (text, expected) in cases {
        let error = read(text).err().unwrap_or_default();
        assert!(error.contains(expected), "{text} -> {error}");
    }
}
