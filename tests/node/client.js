// Drives a chaincode with Hyperledger's own client.
//
//   node client.js path/to/connection.json < request.json
//
// A request is one of
//
//   {"calls": [CALL…], "in_flight": 64}
//     CALL = {"kind": "evaluate" | "submit", "function": "get", "args": ["a"], "deadline_ms": 9000}
//     prints {"outcomes": [{"ok": true, "payload": "…", "ms": 12.3}
//                        | {"ok": false, "code": "ABORTED", "message": "…", "details": ["…"],
//                           "ms": 12.3}…]}, in the order of the calls; a submit's outcome is ok
//     once its transaction is committed and valid.
//
//   {"load": CALL, "transactions": 1000, "in_flight": 64, "warm_up": 100}
//     makes the call so many times, after 100 before the clock starts, with `{n}` in its arguments
//     replaced by 0, 1, 2, …, and prints
//             {"transactions": 1000, "failed": 0, "seconds": 5.4, "per_second": 185.2,
//             "p50_ms": 338.1, "p99_ms": 520.7, "processor_seconds": 2.9,
//             "errors": {"ABORTED: …": 1}}
//
// Either may name another "chaincode" than the profile's first. `connection.json` is what
// gateway/fabric/profile.py describes. Exit status 1 and a line on stderr when nothing can be done.

import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import grpc from '@grpc/grpc-js';
import { connect, hash, signers } from '@hyperledger/fabric-gateway';

const DEADLINE_MS = 30_000;

function dial(profile, read) {
    const peer = profile.peers.find((one) => one.msp_id === profile.msp_id);
    const tls = profile.tls_client;
    const credentials = tls
        ? grpc.credentials.createSsl(read(peer.tls_ca), read(tls.key), read(tls.certificate))
        : grpc.credentials.createSsl(read(peer.tls_ca));
    return new grpc.Client(peer.address, credentials, {
        ...(peer.tls_name ? { 'grpc.ssl_target_name_override': peer.tls_name } : {}),
        'grpc.max_receive_message_length': 100 * 1024 * 1024,
        'grpc.max_send_message_length': 100 * 1024 * 1024,
    });
}

function open(profile, read, client) {
    const { certificate, key } = profile.identities.gateway;
    const within = () => ({ deadline: Date.now() + DEADLINE_MS });
    return connect({
        client,
        identity: { mspId: profile.msp_id, credentials: read(certificate) },
        signer: signers.newPrivateKeySigner(createPrivateKey(read(key))),
        hash: hash.sha256,
        evaluateOptions: within,
        endorseOptions: within,
        submitOptions: within,
        commitStatusOptions: within,
    });
}

async function perform(contract, mspId, call) {
    const proposal = contract.newProposal(call.function, {
        arguments: call.args,
        // A read through another organisation's peer would prove nothing.
        ...(call.kind === 'evaluate' ? { endorsingOrganizations: [mspId] } : {}),
    });
    const options = call.deadline_ms ? { deadline: Date.now() + call.deadline_ms } : undefined;
    if (call.kind === 'evaluate') {
        return proposal.evaluate(options);
    }
    const transaction = await proposal.endorse(options);
    const commit = await transaction.submit(options);
    const status = await commit.getStatus(options);
    if (!status.successful) {
        throw new Error(`committed as ${status.code}`);
    }
    return transaction.getResult();
}

async function attempt(contract, mspId, call) {
    const start = performance.now();
    const elapsed = () => Math.round((performance.now() - start) * 1000) / 1000;
    try {
        const payload = await perform(contract, mspId, call);
        return { ok: true, payload: Buffer.from(payload).toString(), ms: elapsed() };
    } catch (error) {
        return {
            ok: false,
            code: error.code === undefined ? error.name : (grpc.status[error.code] ?? String(error.code)),
            message: error.message,
            details: (error.details ?? []).map((detail) => detail.message),
            ms: elapsed(),
        };
    }
}

// Runs `work(0) … work(count - 1)`, at most `inFlight` at once.
async function together(count, inFlight, work) {
    let next = 0;
    const lane = async () => {
        while (next < count) {
            await work(next++);
        }
    };
    await Promise.all(Array.from({ length: Math.min(inFlight, count) }, lane));
}

async function makeCalls(contract, mspId, { calls, in_flight: inFlight = calls.length }) {
    const outcomes = new Array(calls.length);
    await together(calls.length, inFlight, async (n) => {
        outcomes[n] = await attempt(contract, mspId, calls[n]);
    });
    return { outcomes };
}

async function makeLoad(contract, mspId, request) {
    const { load, transactions, in_flight: inFlight, warm_up: warmUp = 0 } = request;
    const times = [];
    const errors = {};
    const call = (n) => {
        const args = load.args.map((one) => one.replaceAll('{n}', String(n)));
        return attempt(contract, mspId, { ...load, args });
    };
    await together(warmUp, inFlight, call);
    const used = process.cpuUsage();
    const start = performance.now();
    await together(transactions, inFlight, async (n) => {
        const outcome = await call(warmUp + n);
        if (outcome.ok) {
            times.push(outcome.ms);
        } else {
            const what = [`${outcome.code}: ${outcome.message}`, ...(outcome.details ?? [])].join('; ');
            errors[what] = (errors[what] ?? 0) + 1;
        }
    });
    const seconds = (performance.now() - start) / 1000;
    const { user, system } = process.cpuUsage(used);
    times.sort((a, b) => a - b);
    // The nearest-rank percentile.
    const percentile = (p) => times[Math.max(0, Math.ceil((p / 100) * times.length) - 1)] ?? null;
    return {
        transactions,
        failed: transactions - times.length,
        seconds,
        per_second: times.length / seconds,
        p50_ms: percentile(50),
        p99_ms: percentile(99),
        processor_seconds: (user + system) / 1e6,
        errors,
    };
}

async function main(path) {
    const profile = JSON.parse(readFileSync(path, 'utf8'));
    const read = (name) => readFileSync(resolve(dirname(path), name));
    const request = JSON.parse(await text(process.stdin));
    const client = dial(profile, read);
    const gateway = open(profile, read, client);
    try {
        const contract = gateway
            .getNetwork(profile.channel)
            .getContract(request.chaincode ?? profile.chaincodes[0]);
        const run = request.load ? makeLoad : makeCalls;
        process.stdout.write(JSON.stringify(await run(contract, profile.msp_id, request)) + '\n');
    } finally {
        gateway.close();
        client.close();
    }
}

await main(process.argv[2]);
