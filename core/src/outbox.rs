//! What waits to go out to one connection: bounded, ordered, and pure.

use std::collections::{HashSet, VecDeque};

use crate::{
    limits::{OutboxLimits, Overflow},
    room::Seat,
    wire::Frame,
};

/// A frame on its way, and what may be done with it when there is no place.
#[derive(Clone, Debug)]
pub(crate) struct Parcel {
    pub(crate) frame: Frame,
    /// Whose presence update it carries: a newer one of the same member makes it needless.
    pub(crate) update_of: Option<Seat>,
}

impl Parcel {
    pub(crate) fn new(frame: Frame) -> Self {
        Self { frame, update_of: None }
    }

    pub(crate) fn update(frame: Frame, of: Seat) -> Self {
        Self { frame, update_of: Some(of) }
    }
}

/// What became of a parcel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pushed {
    Queued,
    /// Queued, and so many older ones are gone.
    Displaced(usize),
    Dropped,
    /// There is no place and the policy is to close: the outbox is empty now.
    Overflow,
}

#[derive(Debug, Default)]
pub(crate) struct Outbox {
    queue: VecDeque<Parcel>,
    bytes: usize,
    /// Presence updates put in since the last time they were coalesced: without any, there is nothing to look for.
    fresh: usize,
}

impl Outbox {
    pub(crate) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// Puts a parcel at the end, by the rules of `limits` when there is no place.
    ///
    /// One frame is always taken: a snapshot may be larger than the whole outbox.
    pub(crate) fn push(&mut self, parcel: Parcel, limits: &OutboxLimits) -> Pushed {
        if self.fits(&parcel, limits) {
            self.put(parcel);
            return Pushed::Queued;
        }
        let mut gone = self.coalesce(parcel.update_of);
        if !self.fits(&parcel, limits) {
            match limits.overflow {
                Overflow::DropNewest => return Pushed::Dropped,
                Overflow::DropOldest => gone += self.make_place(&parcel, limits),
                Overflow::Close => {
                    *self = Self::default();
                    return Pushed::Overflow;
                }
            }
        }
        self.put(parcel);
        Pushed::Displaced(gone)
    }

    /// Moves what waits into `batch`: at least one frame, and no more than these.
    pub(crate) fn take(&mut self, batch: &mut VecDeque<Frame>, frames: usize, bytes: usize) {
        let mut taken = 0;
        while let Some(parcel) = self.queue.front() {
            let size = parcel.frame.size();
            if taken > 0 && (taken + size > bytes || batch.len() >= frames) {
                break;
            }
            taken += size;
            self.bytes -= size;
            batch.extend(self.queue.pop_front().map(|parcel| parcel.frame));
        }
        if self.queue.is_empty() {
            // An idle connection holds no buffer.
            self.queue = VecDeque::new();
        }
    }

    fn fits(&self, parcel: &Parcel, limits: &OutboxLimits) -> bool {
        self.queue.is_empty()
            || (self.queue.len() < limits.messages && self.bytes + parcel.frame.size() <= limits.bytes)
    }

    fn put(&mut self, parcel: Parcel) {
        self.bytes += parcel.frame.size();
        self.fresh += usize::from(parcel.update_of.is_some());
        self.queue.push_back(parcel);
    }

    fn make_place(&mut self, parcel: &Parcel, limits: &OutboxLimits) -> usize {
        let before = self.queue.len();
        while !self.fits(parcel, limits) {
            if let Some(oldest) = self.queue.pop_front() {
                self.bytes -= oldest.frame.size();
            }
        }
        before - self.queue.len()
    }

    /// Drops the presence updates that a newer one of the same member, queued or `coming`, has made needless.
    fn coalesce(&mut self, coming: Option<Seat>) -> usize {
        if coming.is_none() && std::mem::take(&mut self.fresh) == 0 {
            return 0;
        }
        let mut newer: HashSet<Seat> = coming.into_iter().collect();
        let before = self.queue.len();
        // From the newest to the oldest, so that the first update seen of a member is the one that stays.
        let mut kept = VecDeque::with_capacity(before);
        while let Some(parcel) = self.queue.pop_back() {
            match parcel.update_of {
                Some(member) if !newer.insert(member) => self.bytes -= parcel.frame.size(),
                _ => kept.push_front(parcel),
            }
        }
        self.queue = kept;
        before - self.queue.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Opcode;

    fn parcel(text: &str) -> Parcel {
        Parcel::new(Frame::new(Opcode::Text, text.as_bytes()))
    }

    fn update(text: &str, of: u64) -> Parcel {
        Parcel { update_of: Some(Seat::new(of)), ..parcel(text) }
    }

    fn texts(mut outbox: Outbox) -> Vec<String> {
        let mut batch = VecDeque::new();
        outbox.take(&mut batch, usize::MAX, usize::MAX);
        assert_eq!(outbox.bytes, 0, "every byte that went in came out");
        batch.iter().map(|frame| String::from_utf8(frame.payload().to_vec()).unwrap()).collect()
    }

    fn limits(messages: usize, overflow: Overflow) -> OutboxLimits {
        OutboxLimits { messages, bytes: 1_000, overflow }
    }

    fn filled(limits: &OutboxLimits, parcels: Vec<Parcel>) -> (Outbox, Pushed) {
        let mut outbox = Outbox::default();
        let mut last = Pushed::Queued;
        for parcel in parcels {
            last = outbox.push(parcel, limits);
        }
        (outbox, last)
    }

    #[test]
    fn each_policy_keeps_what_it_says() {
        let abc = || vec![parcel("a"), parcel("b"), parcel("c")];
        let (outbox, last) = filled(&limits(2, Overflow::DropOldest), abc());
        assert_eq!((texts(outbox), last), (vec!["b".to_owned(), "c".to_owned()], Pushed::Displaced(1)));
        let (outbox, last) = filled(&limits(2, Overflow::DropNewest), abc());
        assert_eq!((texts(outbox), last), (vec!["a".to_owned(), "b".to_owned()], Pushed::Dropped));
        let (outbox, last) = filled(&limits(2, Overflow::Close), abc());
        assert_eq!((texts(outbox), last), (vec![], Pushed::Overflow));
    }

    #[test]
    fn presence_gives_way_first_and_the_newest_stays_in_its_place() {
        let (outbox, last) = filled(
            &limits(4, Overflow::Close),
            vec![update("a1", 1), parcel("m"), update("b1", 2), update("a2", 1), update("a3", 1)],
        );
        assert_eq!(last, Pushed::Displaced(2));
        assert_eq!(texts(outbox), ["m", "b1", "a3"]);
    }

    #[test]
    fn bytes_count_as_well_and_one_frame_always_fits() {
        let big = "x".repeat(2_000);
        let (outbox, last) = filled(&limits(9, Overflow::Close), vec![parcel(&big)]);
        assert_eq!((outbox.bytes, last), (2_004, Pushed::Queued));
        let (_, last) = filled(&limits(9, Overflow::Close), vec![parcel(&big), parcel("y")]);
        assert_eq!(last, Pushed::Overflow);
    }

    #[test]
    fn a_batch_is_bounded_but_never_empty() {
        let (mut outbox, _) = filled(&limits(9, Overflow::Close), vec![parcel("aaaa"), parcel("bbbb"), parcel("c")]);
        let mut batch = VecDeque::new();
        outbox.take(&mut batch, 9, 1);
        assert_eq!(batch.len(), 1);
        outbox.take(&mut batch, 2, 9);
        assert_eq!(batch.len(), 2);
        outbox.take(&mut batch, 9, 9);
        assert_eq!(batch.len(), 3);
        assert!(outbox.is_empty());
    }
}
