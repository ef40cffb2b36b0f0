//! ZDO as a device serves it: itself, its bindings, leaving.

use zigbee::wire::{Field, Ieee};
use zigbee::zdo::Status;
use zigbee::znp::zdo::LeaveOptions;

use super::{Act, Device, bindings};
use crate::air::Body;
use crate::node::id;

impl Device {
    pub(super) fn handle_zdo(&mut self, cluster: u16, sequence: u8, payload: &[u8]) {
        let answer = match self.node.describe(cluster, payload) {
            Some(answer) => answer,
            None => self.manage(cluster, payload),
        };
        let left = cluster == id::MGMT_LEAVE && answer.first() == Some(&Status::Success.into());
        let body = Body::Zdo { cluster: cluster | id::RESPONSE, sequence, payload: answer };
        self.acts.push_back(Act::Say { broadcast: false, body });
        if left {
            let options = payload.get(8).copied().map(LeaveOptions).unwrap_or_default();
            self.acts.push_back(Act::Leave { rejoin: options.contains(LeaveOptions::REJOIN) });
        }
    }

    fn manage(&mut self, cluster: u16, payload: &[u8]) -> Vec<u8> {
        match cluster {
            id::BIND => self.bind(true, payload).to_bytes(),
            id::UNBIND => self.bind(false, payload).to_bytes(),
            id::MGMT_BIND => {
                let start = payload.first().copied().unwrap_or_default();
                self.bindings.page(self.node.ieee, self.endpoint, start)
            }
            id::MGMT_LEAVE => match Ieee::from_bytes(payload) {
                Ok(Ieee(0)) => Status::Success,
                Ok(wanted) if wanted == self.node.ieee => Status::Success,
                Ok(_) => Status::DeviceNotFound,
                Err(_) => Status::InvalidRequest,
            }
            .to_bytes(),
            _ => Status::NotSupported.to_bytes(),
        }
    }

    fn bind(&mut self, make: bool, payload: &[u8]) -> Status {
        let Some((source, endpoint, row)) = bindings::read(payload) else { return Status::InvalidRequest };
        if source != self.node.ieee {
            return Status::NoMatch;
        }
        if endpoint != self.endpoint {
            return Status::InvalidEndpoint;
        }
        // A group hears nothing here, but may be bound.
        let Some(row) = row else { return Status::Success };
        let clusters =
            self.node.endpoints.iter().flat_map(|simple| simple.in_clusters.iter().chain(&*simple.out_clusters));
        if !clusters.into_iter().any(|cluster| *cluster == row.cluster) {
            return Status::NoMatch;
        }
        self.changed = true;
        self.bindings.change(make, row)
    }
}
