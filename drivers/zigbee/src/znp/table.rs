//! Which command has which id and payload.

use super::message::{DecodeError, commands};
use super::{Status, af, app_cnf, sys, util, zdo};
use crate::mt::{self, Command, Frame, Kind, Subsystem};
use crate::wire::{Field, Ieee, Writer};

commands! {
    /// A request of the host. One at a time; the answer is the [`Srsp`] with the same [`Command`].
    pub enum Sreq: Sreq {
        /// Are you there.
        SysPing = Sys 0x01,
        /// Which firmware.
        SysVersion = Sys 0x02,
        /// Which IEEE address.
        SysGetExtAddr = Sys 0x04,
        /// Create an item of memory.
        NvItemInit(item: sys::NvItemInit) = Sys 0x07,
        /// Read an item.
        NvRead(read: sys::NvRead) = Sys 0x08,
        /// Write an item.
        NvWrite(write: sys::NvWrite) = Sys 0x09,
        /// Set a parameter of the radio.
        SysStackTune(tune: sys::StackTune) = Sys 0x0F,
        /// Delete an item.
        NvDelete(delete: sys::NvDelete) = Sys 0x12,
        /// Length of the item with this id.
        NvLength(id: u16) = Sys 0x13,
        /// Set the transmit power, dBm.
        SysSetTxPower(power: i8) = Sys 0x14,
        /// Read an item with a 16-bit offset.
        NvReadExt(read: sys::NvReadExt) = Sys 0x1C,
        /// Create an item of extended memory.
        Nv2Create(create: sys::Nv2Create) = Sys 0x30,
        /// Delete an item of extended memory.
        Nv2Delete(key: sys::NvKey) = Sys 0x31,
        /// Length of an item of extended memory.
        Nv2Length(key: sys::NvKey) = Sys 0x32,
        /// Read from extended memory.
        Nv2Read(read: sys::Nv2Read) = Sys 0x33,
        /// Write into extended memory.
        Nv2Write(write: sys::Nv2Write) = Sys 0x34,
        /// Create or replace in extended memory.
        Nv2Update(update: sys::Nv2Update) = Sys 0x35,
        /// Make room in extended memory if less than this is free, bytes.
        Nv2Compact(threshold: u16) = Sys 0x36,
        /// Open an endpoint.
        AfRegister(register: af::Register) = Af 0x00,
        /// Send a message.
        AfDataRequest(request: af::DataRequest) = Af 0x01,
        /// Close an endpoint.
        AfDelete(endpoint: u8) = Af 0x04,
        /// Fetch a piece of a long message.
        AfDataRetrieve(retrieve: af::DataRetrieve) = Af 0x12,
        /// Find a network address.
        ZdoNwkAddr(request: zdo::NwkAddrReq) = Zdo 0x00,
        /// Ask for an IEEE address.
        ZdoIeeeAddr(request: zdo::IeeeAddrReq) = Zdo 0x01,
        /// Ask what a node is.
        ZdoNodeDesc(request: zdo::NodeReq) = Zdo 0x02,
        /// Ask how a node is powered.
        ZdoPowerDesc(request: zdo::NodeReq) = Zdo 0x03,
        /// Ask what an endpoint does.
        ZdoSimpleDesc(request: zdo::SimpleDescReq) = Zdo 0x04,
        /// Ask for endpoints.
        ZdoActiveEp(request: zdo::NodeReq) = Zdo 0x05,
        /// Ask for endpoints with certain clusters.
        ZdoMatchDesc(request: zdo::MatchDescReq) = Zdo 0x06,
        /// Make a binding.
        ZdoBind(request: zdo::BindReq) = Zdo 0x21,
        /// Remove a binding.
        ZdoUnbind(request: zdo::BindReq) = Zdo 0x22,
        /// Ask for neighbours.
        ZdoMgmtLqi(request: zdo::MgmtLqiReq) = Zdo 0x31,
        /// Tell a device to leave.
        ZdoMgmtLeave(request: zdo::MgmtLeaveReq) = Zdo 0x34,
        /// Open or close the network.
        ZdoMgmtPermitJoin(request: zdo::MgmtPermitJoinReq) = Zdo 0x36,
        /// Scan or change the channel. The id is TI's; the standard has 0x38.
        ZdoMgmtNwkUpdate(request: zdo::MgmtNwkUpdateReq) = Zdo 0x37,
        /// Pass ZDO messages of this cluster on; 0xFFFF is all.
        ZdoMsgCbRegister(cluster: u16) = Zdo 0x3E,
        /// Start the stack after so many milliseconds.
        ZdoStartupFromApp(delay: u16) = Zdo 0x40,
        /// Search for a route.
        ZdoExtRouteDisc(request: zdo::ExtRouteDisc) = Zdo 0x45,
        /// Which network.
        ZdoExtNwkInfo = Zdo 0x50,
        /// The NCP itself and its children.
        UtilGetDeviceInfo = Util 0x00,
        /// Row of the association table.
        UtilAssocFindDevice(row: u8) = Util 0x49,
        /// Look a child up.
        UtilAssocGetWithAddress(request: util::AssocGetWithAddress) = Util 0x4A,
        /// Take a device out of the association table (Koenkk's builds).
        UtilAssocRemove(ieee: Ieee) = Util 0x63,
        /// Put a device into it (Koenkk's builds).
        UtilAssocAdd(request: util::AssocAdd) = Util 0x64,
        /// Expect a device with a secret of its own.
        AppCnfAddInstallCode(code: app_cnf::InstallCode) = AppCnf 0x04,
        /// Form a network, or the like.
        AppCnfBdbStartCommissioning(mode: app_cnf::BdbMode) = AppCnf 0x05,
        /// Let only devices with an install code in.
        AppCnfSetJoinUsesInstallCode(only: bool) = AppCnf 0x06,
        /// Choose channels.
        AppCnfBdbSetChannel(request: app_cnf::BdbSetChannel) = AppCnf 0x08,
    }
}

commands! {
    /// The NCP's answer to the [`Sreq`] with the same [`Command`], or [`Srsp::RpcError`].
    pub enum Srsp: Srsp {
        /// The request was not understood.
        RpcError(error: sys::RpcError) = Rpc 0x00,
        /// It is there.
        SysPing(capabilities: sys::Capabilities) = Sys 0x01,
        /// Its firmware.
        SysVersion(version: sys::Version) = Sys 0x02,
        /// Its IEEE address.
        SysGetExtAddr(ieee: Ieee) = Sys 0x04,
        /// Created (status 9), or there before (status 0).
        NvItemInit(status: Status) = Sys 0x07,
        /// What was read.
        NvRead(value: sys::NvValue) = Sys 0x08,
        /// Written or not.
        NvWrite(status: Status) = Sys 0x09,
        /// Value in force.
        SysStackTune(value: u8) = Sys 0x0F,
        /// Deleted or not.
        NvDelete(status: Status) = Sys 0x12,
        /// Length in bytes; 0 if there is no such item.
        NvLength(length: u16) = Sys 0x13,
        /// Power in force, dBm; a status on some builds.
        SysSetTxPower(power: i8) = Sys 0x14,
        /// What was read.
        NvReadExt(value: sys::NvValue) = Sys 0x1C,
        /// Created or not.
        Nv2Create(status: Status) = Sys 0x30,
        /// Deleted or not.
        Nv2Delete(status: Status) = Sys 0x31,
        /// Length in bytes; 0 if there is no such item.
        Nv2Length(length: u32) = Sys 0x32,
        /// What was read.
        Nv2Read(value: sys::NvValue) = Sys 0x33,
        /// Written or not.
        Nv2Write(status: Status) = Sys 0x34,
        /// Written or not.
        Nv2Update(status: Status) = Sys 0x35,
        /// Done or not.
        Nv2Compact(status: Status) = Sys 0x36,
        /// Open or not.
        AfRegister(status: Status) = Af 0x00,
        /// Accepted or not; see [`Areq::AfDataConfirm`].
        AfDataRequest(status: Status) = Af 0x01,
        /// Closed or not.
        AfDelete(status: Status) = Af 0x04,
        /// The piece.
        AfDataRetrieve(retrieved: af::Retrieved) = Af 0x12,
        /// Accepted or not; the answer comes as [`Areq`], as with all of ZDO.
        ZdoNwkAddr(status: Status) = Zdo 0x00,
        /// Accepted or not.
        ZdoIeeeAddr(status: Status) = Zdo 0x01,
        /// Accepted or not.
        ZdoNodeDesc(status: Status) = Zdo 0x02,
        /// Accepted or not.
        ZdoPowerDesc(status: Status) = Zdo 0x03,
        /// Accepted or not.
        ZdoSimpleDesc(status: Status) = Zdo 0x04,
        /// Accepted or not.
        ZdoActiveEp(status: Status) = Zdo 0x05,
        /// Accepted or not.
        ZdoMatchDesc(status: Status) = Zdo 0x06,
        /// Accepted or not.
        ZdoBind(status: Status) = Zdo 0x21,
        /// Accepted or not.
        ZdoUnbind(status: Status) = Zdo 0x22,
        /// Accepted or not.
        ZdoMgmtLqi(status: Status) = Zdo 0x31,
        /// Accepted or not.
        ZdoMgmtLeave(status: Status) = Zdo 0x34,
        /// Accepted or not.
        ZdoMgmtPermitJoin(status: Status) = Zdo 0x36,
        /// Accepted or not.
        ZdoMgmtNwkUpdate(status: Status) = Zdo 0x37,
        /// Registered or not.
        ZdoMsgCbRegister(status: Status) = Zdo 0x3E,
        /// What the start found.
        ZdoStartupFromApp(state: zdo::StartupState) = Zdo 0x40,
        /// Accepted or not.
        ZdoExtRouteDisc(status: Status) = Zdo 0x45,
        /// The network.
        ZdoExtNwkInfo(info: zdo::ExtNwkInfo) = Zdo 0x50,
        /// The NCP itself.
        UtilGetDeviceInfo(info: util::DeviceInfo) = Util 0x00,
        /// The row.
        UtilAssocFindDevice(row: util::Association) = Util 0x49,
        /// The child, or an empty row.
        UtilAssocGetWithAddress(row: util::Association) = Util 0x4A,
        /// Removed or not.
        UtilAssocRemove(status: Status) = Util 0x63,
        /// Added or not.
        UtilAssocAdd(status: Status) = Util 0x64,
        /// Taken or not.
        AppCnfAddInstallCode(status: Status) = AppCnf 0x04,
        /// Begun or not.
        AppCnfBdbStartCommissioning(status: Status) = AppCnf 0x05,
        /// Taken or not.
        AppCnfSetJoinUsesInstallCode(status: Status) = AppCnf 0x06,
        /// Taken or not.
        AppCnfBdbSetChannel(status: Status) = AppCnf 0x08,
    }
}

commands! {
    /// A message without answer: a reset by the host, all else by the NCP, at any moment.
    pub enum Areq: Areq {
        /// Restart.
        SysReset(reset: sys::ResetType) = Sys 0x00,
        /// It restarted: endpoints and callbacks are gone.
        SysResetInd(reset: sys::ResetInd) = Sys 0x80,
        /// What became of a message.
        AfDataConfirm(confirm: af::DataConfirm) = Af 0x80,
        /// A message came in.
        AfIncomingMsg(message: af::IncomingMsg) = Af 0x81,
        /// A long message came in.
        AfIncomingMsgExt(message: af::IncomingMsgExt) = Af 0x82,
        /// A message could not be sent on.
        AfReflectError(error: af::ReflectError) = Af 0x83,
        /// Both addresses of a device.
        ZdoNwkAddrRsp(response: zdo::AddrRsp) = Zdo 0x80,
        /// Both addresses of a device.
        ZdoIeeeAddrRsp(response: zdo::AddrRsp) = Zdo 0x81,
        /// What a node is.
        ZdoNodeDescRsp(response: zdo::NodeDescRsp) = Zdo 0x82,
        /// How a node is powered.
        ZdoPowerDescRsp(response: zdo::PowerDescRsp) = Zdo 0x83,
        /// What an endpoint does.
        ZdoSimpleDescRsp(response: zdo::SimpleDescRsp) = Zdo 0x84,
        /// Endpoints of a node.
        ZdoActiveEpRsp(response: zdo::EndpointsRsp) = Zdo 0x85,
        /// Endpoints that match.
        ZdoMatchDescRsp(response: zdo::EndpointsRsp) = Zdo 0x86,
        /// Bound or not.
        ZdoBindRsp(response: zdo::StatusRsp) = Zdo 0xA1,
        /// Unbound or not.
        ZdoUnbindRsp(response: zdo::StatusRsp) = Zdo 0xA2,
        /// Neighbours.
        ZdoMgmtLqiRsp(response: zdo::MgmtLqiRsp) = Zdo 0xB1,
        /// Leaves or not.
        ZdoMgmtLeaveRsp(response: zdo::StatusRsp) = Zdo 0xB4,
        /// Open or closed, or not.
        ZdoMgmtPermitJoinRsp(response: zdo::StatusRsp) = Zdo 0xB6,
        /// How busy channels are.
        ZdoMgmtNwkUpdateNotify(notify: zdo::MgmtNwkUpdateNotify) = Zdo 0xB8,
        /// The NCP's state changed.
        ZdoStateChangeInd(state: util::DeviceState) = Zdo 0xC0,
        /// A device says that it is there.
        ZdoEndDeviceAnnce(announce: zdo::EndDeviceAnnce) = Zdo 0xC1,
        /// A path.
        ZdoSrcRtgInd(route: zdo::SrcRtgInd) = Zdo 0xC4,
        /// A many-to-one route.
        ZdoConcentratorInd(concentrator: zdo::ConcentratorInd) = Zdo 0xC8,
        /// A device left.
        ZdoLeaveInd(leave: zdo::LeaveInd) = Zdo 0xC9,
        /// The trust centre let a device in.
        ZdoTcDeviceInd(device: zdo::TcDeviceInd) = Zdo 0xCA,
        /// The network is open for so many more seconds.
        ZdoPermitJoinInd(duration: u8) = Zdo 0xCB,
        /// A ZDO message that was asked for.
        ZdoMsgCbIncoming(message: zdo::MsgCbIncoming) = Zdo 0xFF,
        /// How a commissioning goes.
        AppCnfBdbNotification(notification: app_cnf::BdbNotification) = AppCnf 0x80,
    }
}

impl Srsp {
    /// True if this answers `request`: same command, or an error that names it.
    pub fn answers(&self, request: &Sreq) -> bool {
        match self {
            Self::RpcError(error) => {
                let wanted = request.command();
                error.cmd1 == wanted.id && Subsystem::from(error.cmd0 & 0x1F) == wanted.subsystem
            }
            _ => self.command() == request.command(),
        }
    }
}
