//! The door's keeper: asks the policy, has the ledger written, and only then lets an answer out or a wish in. It is part
//! of the house's task and is shown the house; what it says depends on what the engine froze at the last beat.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use home::admin::Secret;
use home::{Now, State};
use policy::{Bound, Disclosure, Engine, Permitted, PinCheck};
use seal::PairingKey;
use store::ledger::{Entry, Filter, Kind, Ledger};
use store::{CommitError, PasswordHash, Setting, Value};
use summary::{Acted, Answer, AudienceName, Reported, Vendor};
use tokio::sync::{mpsc, oneshot, watch};
use web_ui::Answer as Told;
use zeroize::Zeroizing;

use super::kept::{Change, Kept};
use super::names::Names;
use super::status::Status;
use super::{Access, Knock, Lines, Push, Question, Reply, Written};
use crate::users::Hashing;

/// Things to be told unasked that wait for the socket; a beat has at most 64.
const PUSHES: usize = 128;
const DAY: u64 = 86_400;

/// What the keeper needs from outside.
pub(crate) struct Outside {
    pub(crate) ledger: Ledger,
    /// Where the gateway connects; without it the door never opens.
    pub(crate) socket: Option<PathBuf>,
    /// To the house's task.
    pub(crate) house: mpsc::UnboundedSender<Knock>,
}

/// The keeper.
pub(crate) struct Keeper {
    pub(super) outside: Outside,
    pub(super) engine: Engine,
    pub(super) bound: Option<Bound>,
    pub(super) names: Option<Names>,
    pub(super) pairing: Option<PairingKey>,
    pub(super) paused: bool,
    pub(super) pin: Option<PasswordHash>,
    tokens: BTreeMap<AudienceName, Value>,
    /// Why the door stays shut, whatever the policy says.
    pub(super) trouble: Option<Trouble>,
    /// Apart from that of the MQTT users: how long a PIN takes must not tell who logs in.
    hashing: Arc<Hashing>,
    pub(super) status: Arc<Status>,
    access: watch::Sender<Option<Access>>,
    pushes: mpsc::Sender<Push>,
    not_before: u64,
    /// The last day, counted from 1970, on which the ledger's head was signed.
    signed: u64,
}

/// Something wrong with what was kept.
#[derive(Debug, Clone)]
pub(super) struct Trouble {
    pub(super) what: String,
    /// Nothing could be read: what is written now could take the place of what is only out of reach.
    pub(super) is_unreadable: bool,
}

impl Keeper {
    /// Takes up what was kept. What can't be read keeps the door shut, and nothing else.
    pub(crate) fn start(outside: Outside, now: Now) -> (Self, Lines) {
        let (kept, trouble) = match outside.ledger.settings() {
            Ok(settings) => Kept::read(settings),
            Err(error) => {
                tracing::error!(%error, "the door stays shut: what it goes by can't be read");
                let trouble = Trouble { what: error.to_string(), is_unreadable: true };
                return Self::with(outside, now, Kept::default(), Some(trouble));
            }
        };
        let trouble = trouble.map(|trouble| Trouble { what: trouble.to_string(), is_unreadable: false });
        if let Some(trouble) = &trouble {
            tracing::error!(trouble = trouble.what, "the door stays shut");
        }
        Self::with(outside, now, kept, trouble)
    }

    fn with(outside: Outside, now: Now, kept: Kept, trouble: Option<Trouble>) -> (Self, Lines) {
        let (access, to_socket) = watch::channel(None);
        let (pushes, waiting) = mpsc::channel(PUSHES);
        let status = Arc::new(Status::default());
        let Kept { names, bound, engine: saved, paused, pairing, pin, tokens } = kept;
        let mut keeper = Self {
            not_before: last_known(&outside.ledger, now),
            outside,
            engine: Engine::closed(),
            bound,
            names,
            pairing,
            paused,
            pin,
            tokens,
            trouble,
            hashing: Arc::default(),
            status: Arc::clone(&status),
            access,
            pushes,
            signed: now.wall.seconds() / DAY,
        };
        if let (Some(bound), Some(names)) = (&keeper.bound, &keeper.names) {
            keeper.engine = Engine::new(bound, &names.endpoints());
            if let Some(Err(error)) = saved.map(|saved| keeper.engine.restore(now, saved.expose())) {
                tracing::warn!(%error, "every value is unknown to the assistants until the next beat");
            }
        }
        keeper.open_or_shut();
        (keeper, Lines { access: to_socket, pushes: waiting, status })
    }

    /// Looks at the house. To be called after each change of it and each second.
    pub(crate) fn observe(&mut self, now: Now, state: &State) {
        self.engine.observe(now, state);
        if let Some(saved) = self.engine.unsaved(now) {
            // Should this fail: the next answer's entry takes it along.
            self.outside.ledger.append(Vec::new(), vec![(Setting::Engine, Some(Value::new(saved)))], Box::new(drop));
        }
    }

    /// About a second has passed: tells unasked what is due, and signs the ledger each day.
    pub(crate) fn tick(&mut self, now: Now) {
        for disclosure in self.engine.due_push(now) {
            self.push(&disclosure, now);
        }
        let day = now.wall.seconds() / DAY;
        if day != self.signed {
            self.signed = day;
            self.outside.ledger.sign(now.wall.seconds(), Box::new(drop));
        }
    }

    /// Answers a question, once the ledger has it.
    pub(crate) fn question(&mut self, question: Question, now: Now) {
        self.status.count(|counts| counts.questions += u64::from(question.compared.is_none()));
        let Some((audience, key)) = self.heard(question.request.vendor()) else {
            return self.status.count(|counts| counts.unheard += 1);
        };
        let ask = question.request.ask();
        if question.compared.is_none()
            && let Some(pin) = self.engine.pin_to_check(&audience, ask, question.received).cloned()
        {
            return self.compare(pin, question);
        }
        let compared = question.compared.clone();
        let right = move |pin: &summary::Pin| compared.as_ref().is_some_and(|(heard, right)| heard == pin && *right);
        let (disclosure, permitted, body) = self.say(&audience, &key, &question.request, question.received, &right);
        let settings = self.granted_token(&question.request, &disclosure).into_iter();
        let entries = entries(now, &disclosure, &permitted, body.clone());
        let reply = Reply { body, after: disclosure.reply_after() };
        let (received, back) = (question.received, question.reply);
        let (house, status) = (self.outside.house.clone(), Arc::clone(&self.status));
        self.append(entries, settings.collect(), now, move |result| match result {
            Ok(()) => {
                status.count(|counts| counts.answers += 1);
                // The gateway may be gone; what was granted is done all the same.
                let _ = back.send(reply);
                if !permitted.is_empty() {
                    let _ = house.send(Knock::Permitted(permitted, received));
                }
            }
            Err(error) => {
                status.count(|counts| counts.unwritten += 1);
                tracing::error!(%error, "not written into the ledger, so nothing was said");
            }
        });
    }

    /// What the policy says to a request, what it permits, and the vendor's bytes of it. `pins` tells which PIN is right.
    pub(super) fn say(
        &mut self,
        audience: &AudienceName,
        key: &voice::MessageKey,
        request: &voice::Request,
        received: Now,
        pins: &dyn PinCheck,
    ) -> (Disclosure, Vec<Permitted>, Vec<u8>) {
        let (disclosure, permitted) = self.engine.answer(audience, request.ask(), received, pins);
        let body = voice::render(request, disclosure.answer(), key);
        (disclosure, permitted, body)
    }

    /// Writes entries and, with them, how the engine is: an answer that leaves counts also after a restart.
    pub(super) fn append(
        &self,
        entries: Vec<Entry>,
        mut settings: Vec<(Setting, Option<Value>)>,
        now: Now,
        done: impl FnOnce(Result<(), CommitError>) + Send + 'static,
    ) {
        settings.push((Setting::Engine, Some(Value::new(self.engine.save(now)))));
        self.outside.ledger.append(entries, settings, Box::new(done));
    }

    /// Who of this vendor is listened to, and the key for the numbers of what is said to them.
    pub(super) fn heard(&self, vendor: Vendor) -> Option<(AudienceName, voice::MessageKey)> {
        if self.paused || self.trouble.is_some() {
            return None;
        }
        let audience = self.engine.audience_of(vendor)?;
        Some((audience.clone(), self.names.as_ref()?.messages(audience)))
    }

    /// Has a PIN compared elsewhere; the question comes back with the outcome.
    fn compare(&self, pin: summary::Pin, mut question: Question) {
        let (house, status, hashing) =
            (self.outside.house.clone(), Arc::clone(&self.status), Arc::clone(&self.hashing));
        let hash = self.pin.clone();
        tokio::spawn(async move {
            let right = match hash {
                Some(hash) => hashing.fits(Secret::new(pin.reveal().to_owned()), hash).await,
                None => Some(false),
            };
            match right {
                Some(right) => {
                    question.compared = Some((pin, right));
                    // The house may have ended.
                    let _ = house.send(Knock::Question(question));
                }
                None => status.count(|counts| counts.unheard += 1),
            }
        });
    }

    /// The token that came with a grant which was taken.
    fn granted_token(&mut self, request: &voice::Request, told: &Disclosure) -> Option<(Setting, Option<Value>)> {
        let token = request.grant().filter(|_| *told.answer() == Answer::Granted)?;
        let token = Value::new(token.expose().as_bytes().to_vec());
        self.tokens.insert(told.audience().clone(), token.clone());
        Some((Setting::Push(told.audience().clone()), Some(token)))
    }

    /// Tells something unasked, once the ledger has it. Where nobody can carry it, or no token is there, it is not told.
    fn push(&self, disclosure: &Disclosure, now: Now) {
        let audience = disclosure.audience();
        let terms = self.bound.as_ref().and_then(|bound| bound.policy().terms(audience));
        let (Some((vendor, _)), Some(token)) = (terms, self.tokens.get(audience)) else { return };
        let Some((_, key)) = self.heard(vendor).filter(|_| self.status.is_connected()) else { return };
        let Answer::Report(tick, reported) = disclosure.answer() else { return };
        let past = Duration::from_millis(now.wall.0.saturating_sub(tick.at().saturating_mul(1000)));
        let at = (now.up + disclosure.reply_after()).saturating_sub(past);
        for reported in reported {
            let Reported::Endpoint(endpoint) = reported else { continue };
            let Some(event) = voice::change_report(vendor, *tick, endpoint, &key) else { continue };
            let Some(body) = with_token(token, &event) else { continue };
            let entry = Entry::trimmed(
                now.wall.seconds(),
                Some(audience.clone()),
                Kind::Disclosure,
                disclosure.description(),
                event,
            );
            let push = Push { body, vendor: sealed(vendor), at };
            let (pushes, status) = (self.pushes.clone(), Arc::clone(&self.status));
            self.append(vec![entry], Vec::new(), now, move |result| match result {
                // The socket may be gone, or slower than beats come: the next one tells more.
                Ok(()) if pushes.try_send(push).is_ok() => status.count(|counts| counts.pushes += 1),
                Ok(()) => {}
                Err(error) => tracing::error!(%error, "not written into the ledger, so nothing was told"),
            });
        }
    }

    /// Something was done that an assistant asked for.
    pub(crate) fn done(&self) {
        self.status.count(|counts| counts.deeds += 1);
    }

    /// Those who may be told something unasked, as far as a token goes.
    pub(super) fn tokens(&self) -> impl Iterator<Item = &AudienceName> {
        self.tokens.keys()
    }

    /// Whether the socket is granted.
    pub(crate) fn is_open(&self) -> bool {
        self.access.borrow().is_some()
    }

    /// Writes a change of the owner's; it holds once it is written. `answer` is what the owner is told then.
    pub(super) fn change(&self, change: Change, now: Now, waiting: Option<(oneshot::Sender<Told>, serde_json::Value)>) {
        let (entry, settings) = change.record(now.wall.seconds());
        let house = self.outside.house.clone();
        self.outside.ledger.append(
            vec![entry],
            settings,
            Box::new(move |result| {
                // The house may have ended.
                let _ = house.send(Knock::Written(Written { change, result, waiting }));
            }),
        );
    }

    /// Hashes a new PIN elsewhere; it comes back to be written.
    pub(super) fn hash(&self, pin: Secret, reply: oneshot::Sender<Told>) {
        let (house, hashing) = (self.outside.house.clone(), Arc::clone(&self.hashing));
        tokio::spawn(async move {
            match hashing.hash(pin).await {
                Ok(hash) => drop(house.send(Knock::Hashed(hash, reply))),
                Err(error) => drop(reply.send(Err(super::requests::failed(&error)))),
            }
        });
    }

    /// A change is written, or could not be.
    pub(crate) fn written(&mut self, written: Written, now: Now) {
        let Written { change, result, waiting } = written;
        let told = match result {
            Ok(()) => {
                self.take_over(change, now);
                waiting.map(|(reply, answer)| (reply, Ok(answer)))
            }
            Err(error) => {
                tracing::error!(%error, "a change at the door is not written, so it does not hold");
                waiting.map(|(reply, _)| (reply, Err(super::requests::failed(&error))))
            }
        };
        self.open_or_shut();
        if let Some((reply, answer)) = told {
            // The asker may have hung up.
            let _ = reply.send(answer);
        }
    }

    fn take_over(&mut self, change: Change, now: Now) {
        match change {
            Change::Policy(policy) => {
                self.names = policy.names.or(self.names.take());
                let Some(names) = &self.names else { return };
                let mut engine = Engine::new(&policy.bound, &names.endpoints());
                if let Err(error) = engine.restore(now, &self.engine.save(now)) {
                    tracing::warn!(%error, "counts of wrong PINs begin anew");
                }
                self.engine = engine;
                self.tokens.retain(|audience, _| !policy.tokens.contains(audience));
                self.bound = Some(policy.bound);
                self.trouble = None;
            }
            Change::Paused(paused) => self.paused = paused,
            Change::Pairing(key) => {
                self.pairing = key;
                self.trouble = None;
            }
            Change::Pin(hash) => self.pin = hash,
        }
    }

    /// Opens the socket if somebody may be told something, and shuts it if not.
    pub(super) fn open_or_shut(&self) {
        let granted = [Vendor::Alexa, Vendor::Google].into_iter().any(|vendor| self.heard(vendor).is_some());
        let access = self.pairing.clone().filter(|_| granted).map(|key| Access { key, not_before: self.not_before });
        self.access.send_if_modified(|now| {
            let same = match (&*now, &access) {
                (Some(now), Some(new)) => now.is_same(new),
                (None, None) => true,
                _ => false,
            };
            if !same {
                *now = access;
            }
            !same
        });
    }
}

/// The last time at which this hub is known to have run, in milliseconds: now, or when the ledger was last written, if a
/// clock without a battery is behind that.
fn last_known(ledger: &Ledger, now: Now) -> u64 {
    let last = ledger.page(None, 1, &Filter::default()).ok().and_then(|page| page.entries.into_iter().next());
    let last = last.map_or(0, |recorded| recorded.entry.at().saturating_add(1).saturating_mul(1000));
    now.wall.0.max(last)
}

/// What is written of an answer: what was permitted, that something was refused, and the bytes.
fn entries(now: Now, told: &Disclosure, permitted: &[Permitted], body: Vec<u8>) -> Vec<Entry> {
    let (at, audience) = (now.wall.seconds(), told.audience());
    let entry = |kind, detail: &str, body| Entry::trimmed(at, Some(audience.clone()), kind, detail, body);
    let mut entries: Vec<_> =
        permitted.iter().map(|permitted| entry(Kind::Permitted, permitted.description(), Vec::new())).collect();
    let refused = match told.answer() {
        Answer::Refused => true,
        Answer::Acted(_, acted) => acted.iter().any(|acted| !matches!(acted, Acted::Accepted { .. })),
        _ => false,
    };
    if refused {
        entries.push(entry(Kind::Refused, told.description(), Vec::new()));
    }
    entries.push(entry(Kind::Disclosure, told.description(), body));
    entries
}

/// What is sealed of something unasked: the event and, for the relay alone, the token.
fn with_token(token: &Value, event: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (token, event) = (std::str::from_utf8(token.expose()).ok()?, std::str::from_utf8(event).ok()?);
    // Put together as text: the event is JSON already, and its bytes are those that the ledger has.
    let quoted = Zeroizing::new(serde_json::to_string(token).ok()?);
    Some(Zeroizing::new(format!("{{\"token\":{},\"event\":{event}}}", *quoted).into_bytes()))
}

fn sealed(vendor: Vendor) -> seal::Vendor {
    match vendor {
        Vendor::Alexa => seal::Vendor::Alexa,
        Vendor::Google => seal::Vendor::Google,
    }
}
