//! What waits to go out to one connection: bounded, ordered, and pure.

use std::collections::{HashSet, VecDeque};

use crate::{
    limits::{OutboxLimits, Overflow},
    seat::Seat,
    wire::Frame,
};

/// A frame on its way, and what may be done with it when there is no place.
#[derive(Clone, Debug)]
pub(crate) struct Parcel {
    pub(crate) frame: Frame,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Somebody said something: it may be dropped where the policy says so.
    Message,
    /// A member's presence update: it may be dropped too, and a newer one of the same member makes it needless.
    Update(Seat),
    /// Who came and who left: without it a roster would show ghosts, so it is never dropped.
    News,
    /// The roster itself. It may be larger than a whole outbox, comes once, and is not weighed.
    Snapshot,
}

impl Parcel {
    pub(crate) fn message(frame: Frame) -> Self {
        Self { frame, kind: Kind::Message }
    }

    pub(crate) fn update(frame: Frame, of: Seat) -> Self {
        Self { frame, kind: Kind::Update(of) }
    }

    pub(crate) fn news(frame: Frame) -> Self {
        Self { frame, kind: Kind::News }
    }

    pub(crate) fn snapshot(frame: Frame) -> Self {
        Self { frame, kind: Kind::Snapshot }
    }

    fn weight(&self) -> usize {
        if self.kind == Kind::Snapshot { 0 } else { self.frame.size() }
    }

    fn may_be_dropped(&self) -> bool {
        matches!(self.kind, Kind::Message | Kind::Update(_))
    }

    fn update_of(&self) -> Option<Seat> {
        match self.kind {
            Kind::Update(seat) => Some(seat),
            _ => None,
        }
    }
}

/// What became of a parcel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pushed {
    Queued,
    /// Queued, and so many others are gone.
    Displaced(usize),
    Dropped,
    /// There is no place, and none can be made: the outbox is empty now.
    Overflow,
}

#[derive(Debug, Default)]
pub(crate) struct Outbox {
    queue: VecDeque<Parcel>,
    bytes: usize,
    /// Presence updates put in since the last time they were coalesced. While there are none, no member has two.
    fresh: usize,
}

impl Outbox {
    pub(crate) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// Puts a parcel at the end, by the rules of `limits` when there is no place.
    ///
    /// One frame is always taken.
    pub(crate) fn push(&mut self, parcel: Parcel, limits: &OutboxLimits) -> Pushed {
        if self.fits(&parcel, limits) {
            self.put(parcel);
            return Pushed::Queued;
        }
        let before = self.queue.len();
        let replaced = self.coalesce(parcel.update_of());
        if !self.fits(&parcel, limits) {
            // A newer state whose older one is gone already takes its place, whatever the policy.
            if limits.overflow == Overflow::DropNewest && parcel.may_be_dropped() && !replaced {
                return Pushed::Dropped;
            }
            if !self.make_place(&parcel, limits) {
                if limits.overflow != Overflow::Close && parcel.may_be_dropped() {
                    return Pushed::Dropped;
                }
                *self = Self::default();
                return Pushed::Overflow;
            }
        }
        let gone = before - self.queue.len();
        self.put(parcel);
        // It is the only update of its member: an older one is gone.
        self.fresh = 0;
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
            self.bytes -= parcel.weight();
            batch.extend(self.queue.pop_front().map(|parcel| parcel.frame));
        }
        if self.queue.is_empty() {
            // An idle connection holds no buffer.
            self.queue = VecDeque::new();
        }
    }

    fn fits(&self, parcel: &Parcel, limits: &OutboxLimits) -> bool {
        self.queue.is_empty() || (self.queue.len() < limits.messages && self.bytes + parcel.weight() <= limits.bytes)
    }

    fn put(&mut self, parcel: Parcel) {
        self.bytes += parcel.weight();
        self.fresh += usize::from(parcel.update_of().is_some());
        self.queue.push_back(parcel);
    }

    /// Drops what the policy lets go, until the parcel fits; says whether it does.
    fn make_place(&mut self, parcel: &Parcel, limits: &OutboxLimits) -> bool {
        while !self.fits(parcel, limits) {
            let victim = match limits.overflow {
                Overflow::Close => None,
                Overflow::DropOldest => self.queue.iter().position(Parcel::may_be_dropped),
                Overflow::DropNewest => self.queue.iter().rposition(Parcel::may_be_dropped),
            };
            let Some(victim) = victim else { return false };
            self.remove(victim);
        }
        true
    }

    /// Drops the presence updates that a newer one of the same member, queued or `coming`, has made needless; says
    /// whether an older one of `coming` was among them.
    fn coalesce(&mut self, coming: Option<Seat>) -> bool {
        let older = |of| self.queue.iter().position(|parcel| parcel.update_of() == Some(of));
        let replaced = coming.and_then(older);
        if std::mem::take(&mut self.fresh) == 0 {
            replaced.into_iter().for_each(|place| self.remove(place));
            return replaced.is_some();
        }
        let mut newer: HashSet<Seat> = coming.into_iter().collect();
        // From the newest to the oldest, so that the first update seen of a member is the one that stays.
        let mut kept = VecDeque::with_capacity(self.queue.len());
        while let Some(parcel) = self.queue.pop_back() {
            match parcel.update_of() {
                Some(member) if !newer.insert(member) => self.bytes -= parcel.weight(),
                _ => kept.push_front(parcel),
            }
        }
        self.queue = kept;
        replaced.is_some()
    }

    fn remove(&mut self, place: usize) {
        if let Some(parcel) = self.queue.remove(place) {
            self.bytes -= parcel.weight();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Opcode;

    fn parcel(text: &str) -> Parcel {
        Parcel::message(Frame::new(Opcode::Text, text.as_bytes()))
    }

    fn update(text: &str, of: u64) -> Parcel {
        Parcel::update(parcel(text).frame, Seat::new(of))
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

    #[test]
    fn who_comes_and_goes_is_never_dropped() {
        let news = |text| Parcel::news(parcel(text).frame);
        for (overflow, kept) in [(Overflow::DropOldest, ["b", "leave"]), (Overflow::DropNewest, ["a", "leave"])] {
            let (outbox, last) = filled(&limits(2, overflow), vec![parcel("a"), parcel("b"), news("leave")]);
            assert_eq!((texts(outbox), last), (kept.map(str::to_owned).to_vec(), Pushed::Displaced(1)), "{overflow:?}");
            let (outbox, last) = filled(&limits(2, overflow), vec![news("join"), news("join"), news("leave")]);
            assert_eq!((texts(outbox), last), (vec![], Pushed::Overflow), "{overflow:?}");
        }
        let (outbox, _) = filled(&limits(2, Overflow::DropOldest), vec![news("join"), parcel("a"), parcel("b")]);
        assert_eq!(texts(outbox), ["join", "b"]);
    }

    #[test]
    fn the_newest_state_stays_and_a_message_gives_way_to_news() {
        let tight = |overflow| OutboxLimits { messages: 9, bytes: 12, overflow };
        let (outbox, last) =
            filled(&tight(Overflow::DropNewest), vec![parcel("mmmmmm"), update("a1", 1), update("a22222", 1)]);
        assert_eq!((texts(outbox), last), (vec!["a22222".to_owned()], Pushed::Displaced(2)));

        let news = |text| Parcel::news(parcel(text).frame);
        for overflow in [Overflow::DropOldest, Overflow::DropNewest] {
            let (outbox, last) = filled(&limits(2, overflow), vec![news("j"), news("k"), parcel("m")]);
            assert_eq!((texts(outbox), last), (vec!["j".to_owned(), "k".to_owned()], Pushed::Dropped), "{overflow:?}");
        }
    }

    #[test]
    fn a_snapshot_is_not_weighed() {
        let snapshot = Parcel::snapshot(parcel(&"x".repeat(2_000)).frame);
        let (outbox, last) = filled(&limits(9, Overflow::Close), vec![snapshot, parcel("welcome")]);
        assert_eq!(last, Pushed::Queued);
        assert_eq!(texts(outbox).len(), 2);
    }

    #[test]
    fn a_full_outbox_keeps_one_update_of_each() {
        let limits = limits(3, Overflow::Close);
        let (mut outbox, _) = filled(&limits, vec![update("a1", 1), update("b1", 2), parcel("m")]);
        for round in 2..50 {
            assert_eq!(outbox.push(update(&format!("a{round}"), 1), &limits), Pushed::Displaced(1));
        }
        assert_eq!(texts(outbox), ["b1", "m", "a49"]);
    }
}
