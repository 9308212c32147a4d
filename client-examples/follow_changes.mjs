#!/usr/bin/env node
// Follows the portal's feed of changes as server-sent events and acts on each change: a line in FILE, and, when one is named,
// a command. Node 18 or later, no packages. Needs CBMX_URL; CBMX_CA when the portal's certificate is not from a public
// authority; CBMX_TOKEN to see more than the public does.
// usage: follow_changes.mjs FILE [COMMAND [ARGUMENT...]]
// FILE: one line per change, "number kind subject State", each exactly once and in order, wherever it was cut off.
// COMMAND gets the change as JSON on its standard input. When it fails, the program ends and begins with that change the next
// time; when the program is killed just after the command, it may run twice for one change: compare the number.
// FILE.position keeps the number that the next start resumes from. Ends on SIGTERM, or with 1 when the portal refuses.
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, fstatSync, fsyncSync, openSync, readFileSync, renameSync, truncateSync, writeSync } from 'node:fs';
import https from 'node:https';
import { dirname } from 'node:path';
import process from 'node:process';

const firstPause = 1_000, longestPause = 60_000; // milliseconds between two connections
const longestSilence = 45_000; // the portal sends a comment every 15 seconds

class Refused extends Error {}

function setting(name) {
    if (!process.env[name])
        throw new Refused(`${name} is not set`);
    return process.env[name];
}

const [file, ...command] = process.argv.slice(2);
const positionFile = `${file}.position`;
let written = 0; // bytes in the file
const agent = new https.Agent({ ca: process.env.CBMX_CA && readFileSync(process.env.CBMX_CA), keepAlive: false });

// --- What is kept.

function flush(path, flags, text) {
    const opened = openSync(path, flags, 0o600);
    if (text !== undefined)
        writeSync(opened, text);
    fsyncSync(opened);
    closeSync(opened);
}

// { log, number }: which log, and the last number dealt with. The lines may be ahead of the position, never behind it.
function readPosition() {
    const position = existsSync(positionFile) ? JSON.parse(readFileSync(positionFile, 'utf8')) : { log: null, number: -1 };
    if (!existsSync(file))
        return position;
    const bytes = readFileSync(file);
    const whole = bytes.lastIndexOf('\n') + 1;
    if (whole < bytes.length)
        truncateSync(file, whole); // a line that was being written
    written = whole;
    const last = bytes.subarray(0, whole).toString().trimEnd().split('\n').at(-1);
    return { ...position, number: Math.max(position.number, last ? parseInt(last, 10) : -1) };
}

function keepPosition(position) {
    if (existsSync(file))
        flush(file, 'r'); // the lines first
    flush(`${positionFile}.new`, 'w', JSON.stringify(position));
    renameSync(`${positionFile}.new`, positionFile);
    flush(dirname(positionFile), 'r');
}

// --- What is done for each change.

function act(change) {
    if (command.length > 0) {
        const { status, signal, error } = spawnSync(command[0], command.slice(1), { input: JSON.stringify(change), stdio: ['pipe', 'inherit', 'inherit'] });
        if (status !== 0) // an error with status 0: the command did not want to read the change
            throw new Refused(`change ${change.seq}: ${command[0]} ended with ${status ?? signal ?? error.message}`);
    }
    const subject = change.tombstone ? change.subject : change.entry.subject;
    const kind = change.tombstone ? 'no_longer_shown' : change.entry.kind;
    const line = `${change.seq} ${kind} ${subject.kind}:${subject.id} ${change.entry?.state ?? '-'}\n`;
    const opened = openSync(file, 'a', 0o600);
    if (fstatSync(opened).size !== written)
        throw new Refused(`${file} has grown meanwhile: is this program running twice?`);
    written += writeSync(opened, line);
    closeSync(opened);
}

// --- The connection. Server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html

function parseEvent(block) {
    const event = { type: 'message', data: [] };
    for (const line of block.split('\n')) {
        const [, name, value] = /^([^:]*):? ?(.*)$/s.exec(line);
        if (name === 'event')
            event.type = value;
        else if (name === 'data')
            event.data.push(value);
    }
    return { type: event.type, data: event.data.join('\n') };
}

function get(path, headers) {
    if (process.env.CBMX_TOKEN)
        headers.Authorization = `Bearer ${process.env.CBMX_TOKEN}`;
    return new Promise((resolve, reject) => {
        const request = https.get(new URL(path, setting('CBMX_URL')), { agent, headers, timeout: longestSilence }, resolve);
        request.on('timeout', () => request.destroy(new Error('nothing was heard for too long')));
        request.on('error', reject);
    });
}

async function text(answer) {
    let body = '';
    for await (const chunk of answer.setEncoding('utf8'))
        body += chunk;
    return body;
}

async function check(answer) {
    if (answer.statusCode === 200)
        return;
    const refusal = new Error(`it answers ${answer.statusCode}`);
    refusal.seconds = Number(answer.headers['retry-after']) || 0;
    const body = await text(answer);
    if (![429, 502, 503, 504].includes(answer.statusCode))
        throw new Refused(`the portal answers ${answer.statusCode}: ${body}`);
    throw refusal;
}

// After a restore from a copy the portal may begin a new log, whose numbers mean other entries.
async function checkLog(position) {
    const answer = await get('/v1/log/key', {});
    await check(answer);
    const { origin } = JSON.parse(await text(answer));
    if (position.log !== null && position.log !== origin)
        throw new Refused(`the portal has begun a new log, ${origin}: put ${file} and ${positionFile} aside and start again`);
    position.log = origin;
}

// Until the connection ends; whatever has arrived whole is dealt with. Calls heard() when it has been of use.
async function follow(position, heard) {
    await checkLog(position);
    const headers = { Accept: 'text/event-stream' };
    if (position.number >= 0)
        headers['Last-Event-ID'] = String(position.number);
    const answer = await get('/v1/changes', headers);
    await check(answer);
    let pending = '';
    for await (const chunk of answer.setEncoding('utf8')) {
        pending = (pending + chunk).replaceAll('\r\n', '\n');
        const blocks = pending.split('\n\n');
        pending = blocks.pop();
        takeAll(position, blocks.map(parseEvent));
        heard();
    }
    throw new Error('the portal ended the connection');
}

function takeAll(position, events) {
    const before = position.number;
    try {
        for (const { type, data } of events)
            take(position, type, data);
    } catch (error) {
        throw error instanceof Refused ? error : new Refused(error.message); // a full disk is not mended by another connection
    } finally {
        if (position.number > before)
            keepPosition(position);
    }
}

function take(position, type, data) {
    if (type === 'end')
        throw new Refused(`the portal ends the feed: ${JSON.parse(data).detail}`);
    if (type === 'change') {
        const change = JSON.parse(data);
        if (change.seq <= position.number)
            return; // dealt with before
        act(change);
        position.number = change.seq;
    }
    if (type === 'complete')
        position.number = Math.max(position.number, JSON.parse(data).complete_up_to);
}

async function main() {
    if (!file)
        throw new Refused('usage: follow_changes.mjs FILE [COMMAND [ARGUMENT...]]');
    const position = readPosition();
    let pause = firstPause;
    for (;;) {
        try {
            await follow(position, () => { pause = firstPause; });
        } catch (error) {
            if (error instanceof Refused)
                throw error;
            const wait = Math.max(pause * (0.5 + Math.random()), (error.seconds ?? 0) * 1000);
            console.error(`${error.message}; connecting again in ${(wait / 1000).toFixed(1)} seconds`);
            await new Promise((resolve) => setTimeout(resolve, wait));
            pause = Math.min(2 * pause, longestPause);
        }
    }
}

for (const signal of ['SIGTERM', 'SIGINT'])
    process.on(signal, () => process.exit(0)); // between two changes: all of one change is done in one turn of the event loop
main().catch((error) => {
    console.error(error instanceof Refused ? error.message : error);
    process.exit(1);
});
