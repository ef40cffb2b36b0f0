use super::*;
use crate::wire::{Field, WireError};
use crate::zcl::Command;

#[test]
fn a_pin_is_digits_within_the_bounds() {
    assert_eq!(Pin::new("1234", Pin::LENGTHS).unwrap().digits(), b"1234");
    assert_eq!(Pin::new("123", Pin::LENGTHS), Err(PinError::Length { length: 3, least: 4, most: 8 }));
    assert_eq!(Pin::new("123456789", Pin::LENGTHS), Err(PinError::Length { length: 9, least: 4, most: 8 }));
    assert!(Pin::new("123456789", 6..=10).is_ok());
    assert_eq!(Pin::new("12a4", Pin::LENGTHS), Err(PinError::Digits));
    assert_eq!(Pin::new("١٢", Pin::LENGTHS), Err(PinError::Digits));
}

#[test]
fn a_pin_does_not_show() {
    let pin = Pin::new("4711", Pin::LENGTHS).unwrap();
    let unlock = ToServer::Unlock((&pin).into());
    assert_eq!(format!("{pin:?} {unlock:?}"), "Pin(..) Unlock(SecretOctets(..))");
    assert!(!PinError::Digits.to_string().contains("4711"));
}

#[test]
fn no_pin_is_written_as_length_0_and_read_if_missing() {
    assert_eq!(ToServer::Lock(SecretOctets::none()).payload(), [0]);
    assert_eq!(ToServer::decode(0x00, &[]), Ok(ToServer::Lock(SecretOctets::none())));
    assert_eq!(ToServer::decode(0x00, &[0xFF]), Ok(ToServer::Lock(SecretOctets::none())));
    assert_eq!(ToServer::decode(0x00, &[4, 1]), Err(WireError::Short { wanted: 4, left: 1 }));
}

#[test]
fn events_may_end_after_any_field() {
    let whole = [0x00, 0x02, 0x03, 0x00, 0x04, 0x31, 0x32, 0x33, 0x34, 0x10, 0x20, 0x30, 0x40, 0x01, 0x41];
    for length in 2..=whole.len() {
        let event = OperationEvent::from_bytes(&whole[..length]).unwrap();
        assert_eq!((event.source, event.code), (EventSource::Keypad, OperationCode::Unlock));
        assert_eq!(event.user, (length >= 4).then_some(3), "{length}");
        assert_eq!(event.time, (length >= 13).then_some(0x4030_2010), "{length}");
        assert_eq!(event.data.is_some(), length == 15, "{length}");
    }
    assert!(OperationEvent::from_bytes(&whole[..1]).is_err());
    assert_eq!(OperationEvent::from_bytes(&whole).unwrap().to_bytes(), whole);
}

#[test]
fn a_programming_event_names_user_and_kind() {
    let bytes = [0x01, 0x02, 0x07, 0x00, 0x00, 0x03, 0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0x00];
    let event = ProgrammingEvent::from_bytes(&bytes).unwrap();
    assert_eq!((event.source, event.code), (EventSource::Rf, ProgrammingCode::PinAdded));
    assert_eq!((event.user, event.kind, event.status), (Some(7), Some(UserType::Master), Some(UserStatus::Enabled)));
    assert_eq!(event.to_bytes(), bytes);
}
