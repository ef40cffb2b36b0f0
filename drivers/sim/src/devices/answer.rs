//! What a device answers to a ZCL frame: as server of its clusters, and as client of the hub's.
//!
//! Knows who is to answer what, and when no answer is due. The values are `server`'s, the commands the model's.

use std::time::Duration;

use zigbee::wire::Many;
use zigbee::zcl::{
    DefaultResponse, Direction, Frame, Global, Header, ReadRecord, Request, Status, Value, ota, poll_control,
};

use super::model::Reaction;
use super::server::Server;
use super::{Device, FIRMWARE, common};
use crate::air::Zcl;

impl Device {
    /// Takes a frame, and queues the answers that are due.
    pub(super) fn handle_zcl(&mut self, now: Duration, message: &Zcl, broadcast: bool) {
        if message.destination != self.endpoint && message.destination != 0xFF {
            return;
        }
        let Ok(frame) = Frame::decode(&message.frame) else { return };
        self.diary.note(now, message.cluster, &frame.header);
        let reaction = if frame.header.direction == Direction::ToClient {
            self.react_as_client(message.cluster, &frame)
        } else {
            self.react(now, message, &frame)
        };
        match reaction {
            None => {}
            Some(Reaction::Answer(answer)) => self.say(message.source, message.cluster, &answer.answer(&frame.header)),
            Some(Reaction::Answers(answers)) => {
                for answer in answers {
                    self.say(message.source, message.cluster, &answer.answer(&frame.header));
                }
            }
            Some(Reaction::Status(status)) => self.answer_by_default(message, &frame.header, status, broadcast),
        }
    }

    /// Due unless the message went to all, or the sender wants to hear of failures alone (2.5.12.2).
    fn answer_by_default(&mut self, message: &Zcl, header: &Header, status: Status, broadcast: bool) {
        let unwanted = status.is_success() && header.disable_default_response;
        if broadcast || unwanted {
            return;
        }
        let response = Global::DefaultResponse(DefaultResponse { command: header.command, status });
        let answer = Request::global(header.direction.reverse(), &response).answer(header);
        self.say(message.source, message.cluster, &answer);
    }

    /// As server of its clusters. `None` is for what is not answered.
    fn react(&mut self, now: Duration, message: &Zcl, frame: &Frame) -> Option<Reaction> {
        let cluster = message.cluster;
        let global = frame.global();
        if matches!(global, Some(Ok(Global::DefaultResponse(_)))) {
            return None;
        }
        if self.attributes.of(cluster, 0).next().is_none() {
            return Some(Reaction::Status(Status::UnsupportedCluster));
        }
        if frame.header.manufacturer.is_some() {
            return Some(Reaction::Status(Status::UnsupportedCommand));
        }
        match global {
            Some(Ok(command)) => self.serve(now, message, &command),
            Some(Err(_)) => Some(Reaction::Status(Status::Malformed)),
            None => {
                self.changed = true;
                let known = self.with_scene(now, |model, sleep, scene| {
                    common::command(scene, cluster, frame)
                        .or_else(|| sleep.command(scene, frame).filter(|_| cluster == poll_control::CLUSTER))
                        .or_else(|| model.command(scene, cluster, frame))
                });
                Some(known.unwrap_or(Reaction::Status(Status::UnsupportedCommand)))
            }
        }
    }

    fn serve(&mut self, now: Duration, message: &Zcl, command: &Global) -> Option<Reaction> {
        let cluster = message.cluster;
        let mut server = Server { now, cluster, attributes: &mut self.attributes, rules: &mut self.rules };
        let outcome = match server.serve(command) {
            Ok(outcome) => outcome,
            Err(status) => return Some(Reaction::Status(status)),
        };
        let hub = self.hub;
        self.changed |= matches!(command, Global::ConfigureReporting(_)) || !outcome.written.is_empty();
        self.with_scene(now, |model, sleep, scene| {
            for place in outcome.written {
                sleep.written(place, hub);
                model.written(scene, place, message.source, hub);
            }
        });
        Some(Reaction::Answer(Request::global(Direction::ToClient, &outcome.answer?)))
    }

    /// As client: hosts read the firmware's version there; answers to own questions end here.
    fn react_as_client(&mut self, cluster: u16, frame: &Frame) -> Option<Reaction> {
        match frame.global() {
            Some(Ok(Global::Read(ids))) if cluster == ota::CLUSTER => {
                let record = |id: &u16| ReadRecord {
                    attribute: *id,
                    result: match *id {
                        ota::attribute::CURRENT_FILE_VERSION => Ok(Value::uint32(FIRMWARE)),
                        _ => Err(Status::UnsupportedAttribute),
                    },
                };
                let records = Many::new(ids.iter().map(record).collect::<Vec<_>>()).ok()?;
                Some(Reaction::Answer(Request::global(Direction::ToServer, &Global::ReadResponse(records))))
            }
            Some(Ok(Global::Read(_))) => Some(Reaction::Status(Status::UnsupportedCluster)),
            Some(_) => {
                self.diary.answered(cluster);
                None
            }
            None => {
                self.diary.answered(cluster);
                Some(Reaction::Status(Status::Success))
            }
        }
    }
}
