// What the values of devices are called.

import { texts } from "../../lib/i18n.svelte";

const t = texts({
  en: { local_temperature: "Temperature", temperature: "Temperature", occupied_heating_setpoint: "Target", system_mode: "Mode", running_state: "Heating", pi_heating_demand: "Valve", humidity: "Humidity", battery: "Battery", battery_low: "Battery low", voltage: "Voltage (mV)", lock_state: "Bolt", state: "State", contact: "Closed", tamper: "Tampered with", local_temperature_calibration: "Correction", min_heat_setpoint_limit: "Lowest target", max_heat_setpoint_limit: "Highest target" },
  de: { local_temperature: "Temperatur", temperature: "Temperatur", occupied_heating_setpoint: "Soll", system_mode: "Betriebsart", running_state: "Heizung", pi_heating_demand: "Ventil", humidity: "Luftfeuchte", battery: "Batterie", battery_low: "Batterie schwach", voltage: "Spannung (mV)", lock_state: "Riegel", state: "Zustand", contact: "Geschlossen", tamper: "Manipuliert", local_temperature_calibration: "Korrektur", min_heat_setpoint_limit: "Kleinste Solltemperatur", max_heat_setpoint_limit: "Größte Solltemperatur" },
});

/** The name of a value; its key if there is none. */
export const keyWord = (key: string): string => (t() as Record<string, string>)[key] ?? key.replaceAll("_", " ");
