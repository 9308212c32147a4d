// Reads a calendar with the package ical.js and compares its events with what was expected.
// Usage: read_calendar.mjs FILE.ics [--expect EXPECTED.json]
import ICAL from 'ical.js';
import { compare, fileFromArguments } from './expect.mjs';

const { text, expected } = fileFromArguments();
const calendar = new ICAL.Component(ICAL.parse(text));
for (const [name, value] of [['version', '2.0'], ['method', null]])
  if (calendar.getFirstPropertyValue(name) !== value) {
    console.error(`${name} is ${calendar.getFirstPropertyValue(name)}`);
    process.exit(1);
  }
const events = calendar.getAllSubcomponents('vevent').map((component) => {
  const event = new ICAL.Event(component, { strictExceptions: true });
  const alarms = component.getAllSubcomponents('valarm');
  return {
    uid: event.uid.replace('@cbm-exchange', ''),
    summary: event.summary,
    date: event.startDate.toString(),
    all_day: event.startDate.isDate,
    until: event.endDate.toString(),
    alarms: alarms.map((alarm) => `${alarm.getFirstPropertyValue('action')} ${alarm.getFirstPropertyValue('trigger')}`),
    transparent: component.getFirstPropertyValue('transp') === 'TRANSPARENT',
    stamp: component.getFirstPropertyValue('dtstamp').toString(),
  };
});
compare(events, expected);
