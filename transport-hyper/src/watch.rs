//! What the headers of frames say about the message that is coming in.

use irori::transport::Received;

/// Follows the frames of a stream as their bytes pass, and looks at no more than their headers.
///
/// It keeps the limit on fragments, and knows whether a message has begun that is not whole yet.
#[derive(Debug)]
pub(crate) struct Watch {
    at: At,
    /// The most frames that a message may come in.
    most: u32,
    /// The frames of the message that is coming in; none between messages.
    fragments: u32,
    /// Whether the frame that passes ends its message.
    last: bool,
    /// Whether the message had a frame too many. It and what follows never pass.
    over: bool,
    /// Whether it has been said that the message began.
    told: bool,
    /// Whether something has passed since the last news.
    moved: bool,
}

/// What the next byte is (RFC 6455, section 5.2).
#[derive(Clone, Copy, Debug)]
enum At {
    /// The first of a frame, with its opcode.
    Opcode,
    /// The second, with its length or with the size of that.
    Length,
    /// One of the `missing` bytes of the length, which is `length` so far.
    LongLength { missing: u8, length: u64, mask: u64 },
    /// One of so many bytes of mask and payload.
    Payload(u64),
}

impl Watch {
    pub(crate) fn new(most: u32) -> Self {
        Self { at: At::Opcode, most, fragments: 0, last: false, over: false, told: false, moved: false }
    }

    /// Lets bytes pass: all, or those before the frame that is one too many.
    pub(crate) fn pass(&mut self, bytes: &[u8]) -> usize {
        let mut passed = 0;
        while let Some(&byte) = bytes.get(passed)
            && !self.over
        {
            passed += match self.at {
                At::Opcode => self.opcode(byte),
                At::Length => self.length(byte),
                At::LongLength { missing, length, mask } => {
                    self.long_length(missing - 1, length << 8 | u64::from(byte), mask)
                }
                At::Payload(left) => {
                    let step = left.min((bytes.len() - passed) as u64);
                    self.payload(left - step);
                    step as usize
                }
            };
        }
        self.moved |= passed > 0;
        passed
    }

    /// Whether the limit on fragments is broken.
    pub(crate) fn is_over(&self) -> bool {
        self.over
    }

    /// Whether all that has passed is whole.
    pub(crate) fn is_between_frames(&self) -> bool {
        self.fragments == 0 && matches!(self.at, At::Opcode)
    }

    /// What there is to say of a message that is not whole: once that it began, and then that there is more of it.
    pub(crate) fn news(&mut self) -> Option<Received> {
        if self.fragments == 0 || !std::mem::take(&mut self.moved) {
            return None;
        }
        let told = std::mem::replace(&mut self.told, true);
        Some(if told { Received::Alive } else { Received::Partial })
    }

    fn opcode(&mut self, byte: u8) -> usize {
        let is_control = byte & 0x08 != 0;
        self.over = !is_control && self.fragments == self.most;
        if self.over {
            return 0;
        }
        self.fragments += u32::from(!is_control);
        self.last = !is_control && byte & 0x80 != 0;
        self.at = At::Length;
        1
    }

    fn length(&mut self, byte: u8) -> usize {
        let mask = if byte & 0x80 == 0 { 0 } else { 4 };
        match byte & 0x7F {
            126 => self.at = At::LongLength { missing: 2, length: 0, mask },
            127 => self.at = At::LongLength { missing: 8, length: 0, mask },
            length => self.payload(u64::from(length) + mask),
        }
        1
    }

    fn long_length(&mut self, missing: u8, length: u64, mask: u64) -> usize {
        match missing {
            0 => self.payload(length.saturating_add(mask)),
            _ => self.at = At::LongLength { missing, length, mask },
        }
        1
    }

    fn payload(&mut self, left: u64) {
        if left > 0 {
            self.at = At::Payload(left);
            return;
        }
        self.at = At::Opcode;
        if self.last {
            self.fragments = 0;
            self.told = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTINUATION: u8 = 0x00;
    const TEXT: u8 = 0x01;
    const PING: u8 = 0x89;
    const FIN: u8 = 0x80;

    /// A masked ping of five bytes.
    const PING_BYTES: usize = 11;

    /// A masked frame. Its payload is all ones: nothing in it may be taken for a header.
    fn frame(first: u8, payload: usize) -> Vec<u8> {
        let mut frame = vec![first];
        match payload {
            0..126 => frame.push(0x80 | payload as u8),
            126..0x1_0000 => {
                frame.push(0x80 | 126);
                frame.extend((payload as u16).to_be_bytes());
            }
            _ => {
                frame.push(0x80 | 127);
                frame.extend((payload as u64).to_be_bytes());
            }
        }
        frame.resize(frame.len() + 4 + payload, 0xFF);
        frame
    }

    /// Lets the bytes pass one by one; says how many did.
    fn pass_each(watch: &mut Watch, bytes: &[u8]) -> usize {
        bytes.chunks(1).map(|byte| watch.pass(byte)).sum()
    }

    #[test]
    fn every_form_of_length_is_followed_to_the_end_of_its_frame() {
        for payload in [0, 1, 125, 126, 0xFFFF, 0x1_0000] {
            let bytes = [frame(TEXT | FIN, payload), frame(PING, 5)].concat();
            let (mut whole, mut each) = (Watch::new(1), Watch::new(1));
            assert_eq!(whole.pass(&bytes), bytes.len());
            assert!(whole.is_between_frames(), "{payload}");

            for (seen, byte) in bytes.iter().enumerate() {
                assert_eq!(
                    each.is_between_frames(),
                    seen == 0 || seen == bytes.len() - PING_BYTES,
                    "{payload}: {seen}"
                );
                assert_eq!(each.pass(&[*byte]), 1);
            }
            assert!(each.is_between_frames(), "{payload}");
        }
    }

    #[test]
    fn frames_without_mask_are_followed_too() {
        let mut watch = Watch::new(1);
        assert_eq!(watch.pass(&[TEXT | FIN, 2, 0xFF, 0xFF, TEXT | FIN, 0]), 6);
        assert!(watch.is_between_frames());
    }

    #[test]
    fn the_frame_that_is_one_too_many_does_not_pass() {
        let fine = [frame(TEXT, 3), frame(PING, 2), frame(CONTINUATION, 200), frame(PING, 0)].concat();
        let bytes = [&fine[..], &frame(CONTINUATION | FIN, 3)].concat();
        let (mut whole, mut each) = (Watch::new(2), Watch::new(2));
        assert_eq!(whole.pass(&bytes), fine.len());
        assert_eq!(pass_each(&mut each, &bytes), fine.len());
        assert!(whole.is_over() && each.is_over());

        let mut roomy = Watch::new(3);
        assert_eq!(roomy.pass(&bytes), bytes.len());
        assert!(!roomy.is_over() && roomy.is_between_frames());
        assert_eq!(roomy.pass(&bytes), bytes.len(), "the next message counts from one");
    }

    #[test]
    fn a_message_that_is_not_whole_is_told_once_and_then_its_progress() {
        let mut watch = Watch::new(9);
        watch.pass(&frame(PING, 9)[..7]);
        assert_eq!(watch.news(), None, "half a ping is no message");
        watch.pass(&frame(PING, 9)[7..]);

        watch.pass(&[TEXT]);
        assert_eq!(watch.news(), Some(Received::Partial));
        assert_eq!(watch.news(), None);
        watch.pass(&frame(TEXT, 3)[1..]);
        assert_eq!(watch.news(), Some(Received::Alive));
        watch.pass(&frame(CONTINUATION | FIN, 3));
        assert_eq!(watch.news(), None, "it is whole");

        watch.pass(&frame(TEXT | FIN, 3)[..8]);
        assert_eq!(watch.news(), Some(Received::Partial), "and the next one is told again");
    }
}
