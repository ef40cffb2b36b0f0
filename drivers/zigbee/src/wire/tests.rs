use proptest::prelude::*;

use super::*;

record! {
    #[expect(unreachable_pub, reason = "the macro's structs are public")]
    /// A record with an optional tail.
    pub struct Sample {
        /// Two bytes.
        pub short: u16,
        /// Counted bytes.
        pub text: Bytes<4>,
        /// Counted numbers.
        pub list: List<u16, 3>,
        /// May be absent.
        pub tail: Option<u32>,
        /// May be absent.
        pub last: Option<u8>,
    }
}

#[test]
fn a_record_is_its_fields_in_order() {
    let bytes = [0x34, 0x12, 2, b'h', b'i', 1, 0xCD, 0xAB, 1, 0, 0, 0, 9];
    let sample = Sample::from_bytes(&bytes).unwrap();
    assert_eq!(sample.short, 0x1234);
    assert_eq!(&*sample.text, b"hi");
    assert_eq!(&*sample.list, [0xABCD]);
    assert_eq!((sample.tail, sample.last), (Some(1), Some(9)));
    assert_eq!(sample.to_bytes(), bytes);
    assert_eq!(Sample::MAX, 2 + 5 + 7 + 4 + 1);
}

#[test]
fn a_cut_tail_is_absent_and_ends_the_record() {
    let sample = Sample::from_bytes(&[0, 0, 0, 0, 1, 2]).unwrap();
    assert_eq!((sample.tail, sample.last), (None, None));
    assert_eq!(Sample { last: Some(1), ..sample }.to_bytes(), [0, 0, 0, 0]);
}

#[test]
fn errors_say_what_was_wanted() {
    assert_eq!(u32::from_bytes(&[1, 2]), Err(WireError::Short { wanted: 4, left: 2 }));
    assert_eq!(Bytes::<2>::from_bytes(&[3, 1, 2, 3]), Err(WireError::Long { length: 3, limit: 2 }));
    assert_eq!(List::<u8, 2>::from_bytes(&[3, 1, 2, 3]), Err(WireError::Long { length: 3, limit: 2 }));
    assert_eq!(Many::<u16, 2>::from_bytes(&[1]), Err(WireError::Short { wanted: 2, left: 1 }));
    assert_eq!(Many::<u8, 1>::from_bytes(&[1, 2]), Err(WireError::Long { length: 2, limit: 1 }));
    assert_eq!(Reader::new(&[0; 16]).uint(9), Err(WireError::Long { length: 9, limit: 8 }));
}

#[test]
fn bytes_do_not_show_in_debug_text() {
    assert_eq!(format!("{:?}", Bytes::<4>::from(*b"1234")), "[4 bytes]");
    assert_eq!(format!("{:?}", Rest::<4>::from(*b"1234")), "[4 bytes]");
}

#[test]
fn an_address_prints_as_the_field_writes_it() {
    assert_eq!(Ieee(0x0012_4B00_1234_ABCD).to_string(), "0x00124b001234abcd");
}

proptest! {
    #[test]
    fn integers_of_any_width_survive(value: u64, width in 0_usize..=8) {
        let value = if width == 8 { value } else { value & ((1 << (8 * width)) - 1) };
        let mut writer = Writer::new();
        writer.uint(value, width);
        let bytes = writer.into_bytes();
        prop_assert_eq!(bytes.len(), width);
        prop_assert_eq!(Reader::new(&bytes).uint(width), Ok(value));
    }

    #[test]
    fn what_was_read_writes_back_and_reads_the_same(bytes: Vec<u8>) {
        if let Ok(sample) = Sample::from_bytes(&bytes) {
            prop_assert_eq!(Sample::from_bytes(&sample.to_bytes()), Ok(sample));
        }
    }
}
