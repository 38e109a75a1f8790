"""Verify an exported history: python3 verify_bundle.py DIRECTORY [--id AGREEMENT_ID] [--pin CHECKPOINT]...
It needs Python's standard library and ssh-keygen, prints the verdict as JSON, and ends with 0 if the history holds, with 3 if not.
The rules and their order are those of docs/reference/journal.md; each `yield` below is one of them."""
import argparse, base64, contextlib, datetime, functools, hashlib, itertools, json, os, pathlib, re, shutil, stat, subprocess, sys, tempfile
HEX, NAME, INT, STR = "[0-9a-f]{64}", "[a-z][a-z0-9_]{0,31}", "[0-9]+", r'"(?:[^"\\]|\\.)*"'
DAY, TIME, LIST = "[12][0-9]{3}-[0-9]{2}-[0-9]{2}", "T(?:[01][0-9]|2[0-3])(?::[0-5][0-9]){2}Z", r"\[(?:%s,?)*\]"
OBLIGATION, WORDS, PARTIES = rf'"{NAME}(?:\.{NAME})?"', rf'(?:{STR}|\{{"@commit":"{HEX}"\}})', LIST % f'"{NAME}"'
MEMBERS = {member: form for members, form in (  # What canonical text of a member (KIND.MEMBER: of one kind) matches.
    ("prev agreement definition commitment", f'"{HEX}"'), ("actor transition step finding from to", f'"{NAME}"'), ("nonce salt", '"[0-9a-f]{32}"'),
    ("recorded_at at", f'"{DAY}{TIME}"'), ("occurred_at until happened effective", f'"{DAY}(?:{TIME})?"'), ("measure.from measure.to", f'"{DAY}"'),
    ("seq entry ends", INT), ("guard", "[1-9][0-9]*"), ("kind due", STR), ("key replaces", f"null|{STR}"), ("withdrawn rehearsal", "true"),
    ("amount", rf'{INT}|\{{(?:"{NAME}":{INT},?)*\}}'), ("about", LIST % INT), ("evidence", LIST % f'"{HEX}"'), ("value", f"true|false|{INT}|{STR}"),
    ("obligation", OBLIGATION), ("notify.obligation", f"{OBLIGATION}|{LIST % OBLIGATION}"), ("text", WORDS), ("sources", LIST % WORDS),
    ("subject", '"(?:withholding|suspension|condition|dispute|ultimatum|intention|reading|arrangement)"'), ("cause", '"(?:statement|automatic)"'),
    ("+standing.from +standing.to", '"(?:waived|lapsed|discharged|dormant|breached|tolled|excused|overdue|pending)"'), ("stmt then body opening.value", "0"),
    ("sig", 'null|"(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"'), ("seen", rf'null|\{{"hash":"{HEX}","seq":{INT}\}}'),
    ("parties", rf'\{{(?:"{NAME}":\{{"key":(?:null|{STR}),"role":{STR}\}},?)*\}}'), ("v", '"phaseflow-statement-v1"'),
    ("policy", rf'\{{"cosign_quorum":{INT},"cosigners":{PARTIES},"recovery":{PARTIES},"recovery_quorum":{INT}\}}'),
    ("reasons", LIST % rf'\{{"rule":{STR},"text":{STR},"values":\{{(?:{STR}:{STR},?)*\}}\}}')) for member in members.split()}
ACTS = {"advance": "transition", "withdraw": "transition? definition?", "amend": "definition", "waive": "obligation? amount? due? until? transition? guard?"}
REPORTS = {"perform": "obligation? amount? step?", "attest": "entry amount? happened?", "reject": "entry amount? happened?", "find": "finding value",
    "contest": "entry amount? withdrawn?", "allege": "obligation", "measure": "obligation amount from to", "note": "about?",
    "correct": "entry amount? occurred_at?", "notify": "subject ends? obligation? amount? transition? effective?"}
RECORDED = {"open": "definition nonce parties policy rehearsal?", "tick": "", "redact": "commitment"}
OBJECTS = (SPOKEN := {**ACTS, **REPORTS, **RECORDED, "key.set": "actor key replaces"}) | {"entry": "prev recorded_at seq sig stmt then",
    "statement": "actor agreement body definition kind nonce occurred_at seen v", "consequence": "at body kind", "opening": "salt value",
    "+move": "transition from to cause", "+standing": "obligation due? from to", "+amended": "definition", "+refused": "reasons"}
FOLDERS = {"definitions": HEX, "attachments": HEX, "checkpoints": rf"[0-9]{{8,16}}(\.{NAME}\.sig|\.txt)"}
FILES, QUORUMS = {"entries.jsonl", "disclosures.jsonl", "AGREEMENT_ID", "README", "allowed_signers"}, (("cosign", "ers"), ("recovery", ""))
POINT = re.compile(rf"phaseflow-checkpoint-v1\n({HEX})\n([1-9][0-9]{{0,15}})\n({HEX})\n({DAY}{TIME})\n")
ARMOR = re.compile("-----BEGIN SSH SIGNATURE-----\n([A-Za-z0-9+/=\n]+)\n-----END SSH SIGNATURE-----\n?")
ED, SK, EC, RSA = "ssh-ed25519", "sk-ssh-ed25519@openssh.com", "ecdsa-sha2-nistp256", "ssh-rsa"
N256, FIELD, number = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551, 2**255 - 19, int.from_bytes
TEXT, LINE, SIGNATURE, CHECKPOINT, MOST = 2**20, 2**21, 2**14, 2**10, 200_000  # Bytes of a definition and so on; files in a folder.
ORDER_8 = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
def spelled(value): return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"
def sha256(parts): return functools.reduce(lambda hashing, part: hashing.update(part) or hashing, parts, hashlib.sha256()).hexdigest()
def hashed(tag, text): return sha256([f"phaseflow-{tag}-v1\n{text}".encode()])
def packed(*parts): return b"".join(len(part).to_bytes(4, "big") + part for part in parts)
def mpint(value): return value.to_bytes(value.bit_length() // 8 + 1, "big")
def regular(path): return path.is_file() and not path.is_symlink()
def listed(path): return sorted(itertools.islice(path.iterdir(), MOST + 1)) if path.exists() else []
def pieces(path, most, *, by_line=False):  # Without waiting for a pipe; what was opened must be a regular file.
    with open(path, "rb", opener=lambda name, flags: os.open(name, flags | getattr(os, "O_NONBLOCK", 0))) as file:
        if stat.S_ISREG(os.fstat(file.fileno()).st_mode): yield from iter(lambda: (file.readline if by_line else file.read)(most + 1), b"")
def content(path, most): return first if len(first := next(pieces(path, most), b"")) <= most else None
def tried(work, *given, **named):
    with contextlib.suppress(ValueError, LookupError, TypeError, AttributeError, RecursionError, OverflowError, OSError): return work(*given, **named)
def is_plain(value, depth=32):  # §1
    if isinstance(value, str): return not re.search("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]", value)
    if isinstance(value, list): return depth > 0 and all(is_plain(item, depth - 1) for item in value)
    if isinstance(value, dict): return is_plain([*value.values()], depth) and all(re.fullmatch("[@a-z][a-z0-9_.]{0,63}", m) for m in value)
    return value is None or isinstance(value, bool) or (isinstance(value, int) and 0 <= value < 2**53)
def read(line):
    return [value] if len(line) <= LINE and spelled(value := json.loads((said := line.decode())[:-1])) == said and is_plain(value) else None
def fits(value, kind, also=""):  # The text is JSON already, so commas need no care.
    words = [(word.rstrip("?"), "?" * word.endswith("?")) for word in sorted(f"{OBJECTS[kind]} {also}".split())]
    forms = [(name, MEMBERS.get(f"{kind}.{name}") or MEMBERS[name], free) for name, free in words]
    if re.fullmatch(r"\{%s\}" % "".join(f'(?:"{name}":(?:{form}),?){free}' for name, form, free in forms), spelled(value)[:-1]):
        return [datetime.date.fromisoformat(value[name][:10]) for name, form, _ in forms if DAY in form and name in value] + [True]
def is_entry(value):  # §2, §3
    said, kind, then = value["stmt"], value["stmt"]["kind"], value["then"]
    return (fits({**value, "stmt": 0, "then": 0}, "entry") and fits({**said, "body": 0}, "statement") and kind in SPOKEN and isinstance(then, list)
        and fits(said["body"], kind, "text? evidence? sources?") and (kind in REPORTS or len(said["occurred_at"]) > 10) and all(fits({**c, "body": 0},
        "consequence") and fits(c["body"], f"+{c['kind']}") and (len(then) < 2 or c["kind"] != "refused") for c in then))
def key_blob(text):  # Rebuilt from its parts, a key or a signature must be the same again: it has one spelling.
    blob = base64.b64decode(written := text[len(kind := text.split(" ")[0]) + 1:], validate=True)
    point, application, modulus = (blob[34:66], blob[70:], 0) if kind == SK else (blob[-32:], b"", number(blob[22:]))
    is_point = (y := number(point, "little") % 2**255) < FIELD and y not in (0, 1, FIELD - 1, ORDER_8, FIELD - ORDER_8)
    again = {ED: is_point and packed(ED.encode(), point), EC: packed(EC.encode(), b"nistp256", b"\4" + blob[-64:]),
        SK: is_point and re.fullmatch(rb"ssh:[!-~]{0,64}", application) and packed(SK.encode(), point, application),
        RSA: modulus % 2 and 2047 < modulus.bit_length() < 8193 and packed(RSA.encode(), b"\1\0\1", mpint(modulus))}[kind]
    return blob if blob == again and base64.b64encode(blob).decode() == written else None
def verifies(text, key, actor, namespace, message, *, lowest=True):
    own, blob, kind = key_blob(key), base64.b64decode(text, validate=True), key.split()[0]
    at = len(head := b"SSHSIG\0\0\0\1" + packed(own, namespace.encode(), b""))
    hashing, inner = blob[at + 4:at + 10], blob[at + 14:]
    size, r, s = (number(own[22:]).bit_length() + 7) // 8, number(inner[31:(to := 31 + number(inner[27:31]))]), number(inner[to + 4:])
    again = {ED: inner[-1] < 16 and packed(ED.encode(), inner[-64:]), SK: inner[-6] < 16 and packed(SK.encode(), inner[-69:-5]) + inner[-5:],
        EC: (s <= N256 // 2 or not lowest) and packed(EC.encode(), packed(mpint(r), mpint(s))),
        RSA: inner[4:16] in (b"rsa-sha2-256", b"rsa-sha2-512") and packed(inner[4:16], inner[-size:])}[kind]
    if base64.b64encode(blob).decode() != text or blob != head + packed(hashing, again): return False
    with tempfile.TemporaryDirectory() as place:
        pathlib.Path(place, "allowed").write_text(f'{actor} namespaces="{namespace}" {key}\n')
        pathlib.Path(place, "sig").write_text(f"-----BEGIN SSH SIGNATURE-----\n{text}\n-----END SSH SIGNATURE-----\n")
        return subprocess.run(["ssh-keygen", "-Y", "verify", "-f", "allowed", "-I", actor, "-n", namespace, "-s", "sig"],
            input=message, cwd=place, capture_output=True, check=False).returncode == 0
def checks(folder, known, pins):  # Yields the rule, the entry to blame (or None), and whether it holds; last the report.
    hashes, times, nonces, commitments, opened, votes, unsigned, seals = [], [], set(), set(), set(), {}, {}, [0]
    points = sorted((path for path in listed(folder / "checkpoints") if path.suffix == ".txt"), key=lambda path: path.stem.zfill(16))
    yield "file", None, (folder / "entries.jsonl").exists() and all(path.name in FILES and regular(path) or path.name in FOLDERS and not path.is_symlink()
        and path.is_dir() and len(listed(path)) <= MOST and all(re.fullmatch(FOLDERS[path.name], inner.name) and regular(inner) for inner in listed(path))
        for path in listed(folder)) and {path.name.split(".")[0] for path in listed(folder / "checkpoints")} <= {path.stem for path in points}
    for seq, line in enumerate(pieces(folder / "entries.jsonl", LINE, by_line=True)):
        yield "canonical", seq, (values := tried(read, line)); yield "form", seq, tried(is_entry, entry := values[0]); yield "seq", seq, entry["seq"] == seq
        said, sig, seen, kind, actor, body = (entry["stmt"], entry["sig"], *map(entry["stmt"].get, ("seen", "kind", "actor", "body")))
        if seq == 0:
            agreement, parties, policy = hashed("agreement", spelled(body)), body.get("parties", {}), body.get("policy", {})
            first = [party["key"] for party in parties.values() if party["key"] is not None]
            yield "genesis", 0, (kind == "open" and seen is None and known in (None, agreement) and parties.get("recorder", {}).get("role") == "recorder"
                and all(tried(key_blob, key) for key in first) and len(first) == len({*first}) and all({*who} <= parties.keys() - {"recorder"} and
                min(1, len(who)) <= policy[of] <= len(who) == len({*who}) for who, of in ((policy[of + s], of + "_quorum") for of, s in QUORUMS)))
            genesis, keys, used, editions = body, {name: [(0, party["key"])] for name, party in parties.items()}, {*first}, [(0, body["definition"])]
        yield "prev", seq, entry["prev"] == (hashes[-1] if seq else agreement); yield "recorded_at", seq, not seq or entry["recorded_at"] >= times[-1]
        yield "agreement", seq, said["agreement"] == agreement; yield "seen", seq, not seq or (seen and seen["seq"] < seq and hashes[seen["seq"]] == seen["hash"])
        in_effect = [digest for since, digest in editions if since <= (seen["seq"] if seq else 0)][-1]
        yield "definition", seq, said["definition"] == in_effect and (kind not in ACTS or in_effect == editions[-1][1])
        yield "actor", seq, actor in parties; yield "nonce", seq, (actor, said["nonce"]) not in nonces
        yield "signature", seq, (tried(verifies, sig, keys[actor][-1][1], actor, "statement.v1@phaseflow", spelled(said).encode()) if sig
            else kind in ("open", "tick") or not (any(key for _, key in keys[actor]) or kind == "key.set"))
        is_own = kind == "key.set" and body["actor"] == actor
        yield "authority", seq, (kind == "open") == (seq == 0) and (kind in RECORDED or is_own) == (actor == "recorder" or is_own)
        if kind == "key.set":
            whose, new, old = body["actor"], body["key"], body["replaces"]
            yield "key", seq, whose in parties and (is_own or actor in policy["recovery"]) and old == keys[whose][-1][1] and (
                old if new is None else new not in used and tried(key_blob, new))
            (voters := votes.setdefault(whose, {}).setdefault(spelled(body), set())).add(actor)
            if is_own or len(voters) >= policy["recovery_quorum"]: keys[whose].append((seq + 1, new)); used.add(new); votes[whose] = {}
        for digest in [genesis["definition"]] * (seq == 0) + [c["body"]["definition"] for c in entry["then"] if c["kind"] == "amended"]:
            yield "definition", seq, tried(lambda: sha256([content(folder / "definitions" / digest, TEXT)])) == digest; editions.append((seq, digest))
        hashes.append(hashed("entry", line.decode())); times.append(entry["recorded_at"]); nonces.add((actor, said["nonce"]))
        if sig is None: unsigned[actor] = unsigned.get(actor, 0) + 1
        commitments |= {word["@commit"] for word in (body.get("text"), *body.get("sources", ())) if isinstance(word, dict)}
    yield "genesis", 0, hashes
    for rule, path in [*(("pin", path) for path in pins), *(("checkpoint", path) for path in points)]:
        stem, head = path.name.removesuffix(".txt"), tried(lambda: content(path, CHECKPOINT).decode()) or ""
        sigs = tried(lambda: {other.name[len(stem) + 1:-4]: ARMOR.fullmatch(content(other, SIGNATURE).decode("utf-8-sig").replace("\r\n", "\n"))
            for other in listed(path.parent) if other.name.startswith(stem + ".") and other.name.endswith(".sig")})
        yield rule, None, ((point := POINT.fullmatch(head)) and point[1] == agreement and tried(datetime.date.fromisoformat, point[4][:10])
            and sigs is not None and all(sigs.values()) and (rule == "pin" or stem == f"{int(point[2]):08}"))
        yield rule, len(hashes), (size := int(point[2])) <= len(hashes)
        yield rule, size - 1, hashes[size - 1] == point[3] and times[size - 1] <= point[4]; yield rule, size, size == len(hashes) or point[4] <= times[size]
        yield rule, size - 1, ("recorder" in sigs or (rule == "pin" and not sigs)) and all(tried(verifies, armored[1].replace("\n", ""), [None, *(key for
            since, key in keys.get(who, []) if since <= size)][-1], who, "checkpoint.v1@phaseflow", head.encode(), lowest=False) for who, armored in sigs.items())
        seals += [size] * (rule != "pin" and 0 < policy["cosign_quorum"] <= len({*policy["cosigners"]} & sigs.keys()))
    for line in (line for path in listed(folder) if path.name == "disclosures.jsonl" for line in pieces(path, LINE, by_line=True)):
        opened.add(tried(lambda: fits({**(one := read(line)[0]), "value": 0}, "opening") and hashed("commit", f"{one['salt']}\n{spelled(one['value'])}")))
        yield "disclosure", None, opened <= commitments
    for path in [*listed(folder / "definitions"), *listed(folder / "attachments")]: yield path.parent.name[:-1], None, sha256(pieces(path, LINE)) == path.name
    yield None, {"holds": True, "agreement": agreement, "anchored": known is not None, "rehearsal": "rehearsal" in genesis, "entries": len(hashes), "head":
        hashes[-1], "unsigned": unsigned, "checkpoints": len(points), "pins": len(pins), "sealed": max(seals), "withheld": len(commitments - opened)}, False
def verdict(folder, known, pins):
    rule, entry = next((rule, entry) for rule, entry, holds in checks(folder, known, pins) if not holds)
    return {"holds": False, "rule": rule, "entry": entry} if rule else entry
if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    for name, how in (("directory", {}), ("--id", {}), ("--pin", {"action": "append", "default": []})): parser.add_argument(name, **how)
    given = parser.parse_args() if shutil.which("ssh-keygen") else parser.error("ssh-keygen is not installed")
    print(json.dumps(said := verdict(pathlib.Path(given.directory), given.id, [pathlib.Path(pin) for pin in given.pin])))
    sys.exit(0 if said["holds"] else 3)
