// What verify must find in an export, named by file, record and position. Most of these archives are signed again by the log's
// own key: what even a portal that wanted to deceive could not hide. With the key of a stranger, and by the program that
// shares no code with this one: tests/examples/export.sh.
#include "base/ed25519.hpp"
#include "unit/verify/exported.hpp"

namespace cbmx::test {
namespace {

class VerifyExport : public Exported {
protected:
    VerifyExport()
    {
        populate_reports();
        populate_directory();
        genuine_ = files_of(taken(drafter));
        of_peru_ = files_of(taken(peru));
    }

    std::string packed(const Files& files)
    {
        base::ArchiveWriter writer(directory().string());
        for (const auto& [path, text] : files)
            writer.add(path, text);
        return saved(*writer.pack());
    }
    static std::string sums_of(const Files& files)
    {
        std::string lines;
        for (const auto& [path, text] : files)
            if (path != "SHA256SUMS" && path != "manifest")
                lines += base::hex(base::sha256(text)) + "  " + path + "\n";
        return lines;
    }
    static Files sealed(Files files, const ledger::Signer& by)
    {
        files["SHA256SUMS"] = sums_of(files);
        auto text = files["manifest"].substr(0, files["manifest"].rfind("\n\n"));
        text = text.substr(0, text.rfind('\n') + 1) + base::hex(base::sha256(files["SHA256SUMS"])) + "\n";
        files["manifest"] = ledger::sign_note(text, by);
        return files;
    }
    ledger::Signer stranger()
    {
        const auto key = std::make_shared<base::Ed25519Key>(base::Ed25519Key::generate(random()));
        return {signer().name, key->public_key(), [key](std::string_view message) { return key->sign(message); }};
    }

    std::string said_of(const Files& files, const std::vector<ledger::VerifierKey>& trusted)
    {
        return service::verify_export(packed(files), trusted).summary();
    }
    // Changed, and signed again by the log's key.
    template <class Change>
    void finds(const Change& change, const std::string& words, const Files* of = nullptr)
    {
        auto files = of == nullptr ? genuine_ : *of;
        change(files);
        const auto said = said_of(sealed(files, signer()), keys());
        EXPECT_TRUE(said.starts_with("NOT genuine") && said.find(words) != std::string::npos) << words << "\n" << said;
    }
    // Changed, without the key of the log.
    template <class Change>
    void finds_unsigned(const Change& change, const std::string& words)
    {
        auto files = genuine_;
        change(files);
        const auto said = said_of(files, keys());
        EXPECT_TRUE(said.starts_with("NOT genuine") && said.find(words) != std::string::npos) << words << "\n" << said;
    }
    template <class Edit>
    static auto edited(const std::string& path, const Edit& edit)
    {
        return [path, edit](Files& files) {
            auto value = Json::parse(files.at(path));
            edit(value);
            files[path] = value.dump();
        };
    }
    template <class Edit>
    static auto at(Seq seq, const Edit& edit)
    {
        return [seq, edit](Files& files) {
            auto changes = changes_of(files);
            for (auto& change : changes)
                if (change.at("seq") == seq)
                    edit(change);
            files["changes.ndjson"] = text_of(changes);
        };
    }
    static auto without(Seq seq)
    {
        return [seq](Files& files) {
            auto changes = changes_of(files);
            std::erase_if(changes, [seq](const Json& change) { return change.at("seq") == seq; });
            files["changes.ndjson"] = text_of(changes);
        };
    }
    static std::string entry(Seq seq) { return "entry " + std::to_string(seq); }
    std::string line(Seq seq) const { return "changes.ndjson, " + entry(seq) + " (report " + revised_ + "): "; }
    Seq first_of(const std::string& kind, const std::string& subject) const
    {
        for (const auto& change : changes_of(genuine_))
            if (!change.value("tombstone", false) && change.at("entry").at("kind") == kind &&
                change.at("entry").at("subject").at("id") == subject)
                return change.at("seq");
        ADD_FAILURE() << "no " << kind;
        return -1;
    }

    Files genuine_, of_peru_;
};

TEST_F(VerifyExport, AGenuineOneIsGenuine)
{
    for (const auto* files : {&genuine_, &of_peru_}) {
        const auto report = service::verify_export(packed(*files), keys());
        EXPECT_TRUE(report.ok()) << report.summary();
        EXPECT_EQ(report.size, static_cast<std::uint64_t>(size()));
        EXPECT_EQ(report.entries + report.tombstones, changes_of(*files).size());
        EXPECT_GT(report.proven, 80U);
    }
    const auto said = said_of(genuine_, keys());
    EXPECT_NE(said.find("genuine: all that state:CL drafter could see at 2026-01-31T"), std::string::npos) << said;
    EXPECT_NE(said.find("key: " + ledger::verifier_key_text(keys()[0])), std::string::npos);
    EXPECT_EQ(said.find("agrees with itself"), std::string::npos);
    EXPECT_NE(said_of(genuine_, {}).find("only that it agrees with itself"), std::string::npos);
    EXPECT_TRUE(said_of(sealed(genuine_, signer()), keys()).starts_with("genuine"));
}

TEST_F(VerifyExport, WithoutTheKeyOfTheLogNothingCanBeChangedUnseen)
{
    for (const auto& [path, text] : genuine_) {
        finds_unsigned([&](Files& files) { files[path] += "\n"; }, path + ": ");
        finds_unsigned([&](Files& files) { files.erase(path); }, path + ": it is missing");
    }
    finds_unsigned([](Files& files) { files["records/reports/more.json"] = "{}"; },
                   "records/reports/more.json: it is not among what was exported");
    finds_unsigned([](Files& files) { files["SHA256SUMS"] = sums_of(files) + base::hex(base::sha256("")) + "  more\n"; },
                   "SHA256SUMS: it is not what the manifest says");
    const auto other = stranger();
    EXPECT_NE(said_of(sealed(genuine_, other), keys()).find("manifest: it is not signed by the log's key"), std::string::npos);
    EXPECT_NE(said_of(genuine_, {{other.name, other.public_key}}).find("manifest: it is not signed by the log's key"), std::string::npos);
    EXPECT_NE(said_of(genuine_, {{"another.example/log", signer().public_key}}).find("manifest: it is not signed"), std::string::npos)
        << "a key of one log is none of another";
}

TEST_F(VerifyExport, RecordsAreNamed)
{
    const auto file = report_file(revised_);
    const auto unlike = "its content is not what " + entry(publication_) + " commits to";
    finds(edited(file, [](Json& r) { r["content"]["narrative"] = "Another."; }), file + ": " + unlike);
    finds(edited(file, [](Json& r) { r["salt"] = base::base64(base::Hash{}); }), file + ": " + unlike);
    finds(edited(file, [](Json& r) { r["content"] = nullptr; }), file + ": " + unlike);
    finds(edited(file, [](Json& r) { r["meta"]["label"] = "TLP:CLEAR"; }), file + ": its label is not that of " + entry(publication_));
    finds(edited(file, [](Json& r) { r["meta"]["version"] = 9; }), file + ": its version is not that of");
    finds([&](Files& files) { files.erase(file); }, file + ": it is missing: " + entry(publication_) + " is about it");
    finds([&](Files& files) { std::swap(files[file], files[report_file(narrowed_)]); }, file + ": it is filed under another record's name");
    finds(
        [&](Files& files) {
            auto renamed = Json::parse(files[file]);
            renamed["id"] = narrowed_;
            files[report_file(narrowed_)] = renamed.dump();
        },
        report_file(narrowed_) + ": " + entry(publication_) + ", which it names, is about another record");
    finds(edited(file, [&](Json& r) { r["meta"]["seq"] = first_of("report_published", revised_); }),
          file + ": it names " + entry(first_of("report_published", revised_)) + ", but " + entry(publication_) + " is the last about it");
    finds(edited(file, [](Json& r) { r.erase("meta"); }), file + ": it has not the form of one");
    finds([&](Files& files) { files[file] = "{\"a\":1,\"a\":2}"; }, file + ": it has not the form of one");
    finds([&](Files& files) { files[file] = "{\"a\":1.5}"; }, file + ": it has not the form of one");
    finds([](Files& files) { files["records/others.json"] = "{}"; }, "records/others.json: no record has this name");
    const auto contact = contact_file(amended_);
    finds(edited(contact, [](Json& r) { r["content"]["institution"] = "Another"; }), contact + ": its content is not what entry");
    finds(edited(contact, [&](Json& r) { r["meta"]["content_seq"] = first_of("contact_listed", amended_); }),
          contact + ": it names " + entry(first_of("contact_listed", amended_)));
    finds([&](Files& files) { files.erase(contact); }, contact + ": it is missing");
}

TEST_F(VerifyExport, WorkingCopiesAndRevisionsAreNamed)
{
    finds(edited(report_file(submitted_), [](Json& r) { r["content"]["narrative"] = "Another."; }),
          report_file(submitted_) + ": its content is not what " + entry(first_of("report_submitted", submitted_)));
    const auto draft = "records/drafts/" + revised_ + ".json";
    finds(edited(draft, [](Json& r) { r["id"] = "0"; }), draft + ": it is filed under another record's name");
    const auto revisions = "records/revisions/" + revised_ + ".json";
    finds(edited(revisions, [](Json& r) { r["items"][0]["content"]["narrative"] = "Another."; }),
          revisions + ": its content is not what entry");
    finds(edited(revisions, [](Json& r) { r["items"][0]["meta"]["revision"] = 2; }), revisions + ": a revision in it bears another number");
    finds(edited(revisions, [&](Json& r) { r["items"][1]["meta"]["seq"] = 0; }),
          revisions + ": entry 0, which it names, is about another record");
}

TEST_F(VerifyExport, NominationsFilesAndListsAreNamed)
{
    const auto nomination = "records/nominations/" + noted_ + ".json";
    const auto file = "files/" + base::hex(base::sha256("%PDF-1.4 note")) + ".pdf";
    finds(edited(nomination, [](Json& r) { r["content"]["note"]["reference"] = "NV 2"; }), nomination + ": its content is not what entry");
    finds([&](Files& files) { files.erase(file); }, nomination + ": the file of its note verbale is missing");
    finds([&](Files& files) { files[file] = "%PDF-1.4 another"; }, file + ": it is not the file that its name says");
    finds(without(first_of("nomination_recorded", noted_)), nomination + ": the entry that made it is not in the archive");
    finds(edited("records/states.json", [](Json& r) { r["items"][3]["content"]["names"]["en"] = "Another"; }),
          "its content is not what entry");
    finds(edited("records/periods.json", [](Json& r) { r["items"].erase(0); }), "records/periods.json, 2025-2026: it is missing");
    finds(edited("records/measures.json", [](Json& r) { std::swap(r["items"][0]["id"], r["items"][1]["id"]); }),
          "records/measures.json, OAS-CBM-2: entry");
    finds(edited("records/documents.json", [](Json& r) { r["items"].push_back(r["items"][0]); }), "it is in the list twice");
    finds(edited("records/accounts.json", [](Json& r) { r["items"][0]["content"]["roles"] = {"auditor"}; }),
          "its content is not what entry");
    finds(edited("records/accounts.json", [](Json& r) { r["items"][0]["meta"]["version"] = 7; }), "its version is not that of entry");
    finds(edited("later.json",
                 [&](Json& r) {
                     r["items"].push_back({{"kind", "report"}, {"id", revised_}});
                 }),
          report_file(revised_) + ": it is in later.json too");
    finds([](Files& files) { files["later.json"] = "[]"; }, "later.json: it has not the form of one");
}

TEST_F(VerifyExport, EntriesAreNamed)
{
    finds(at(publication_, [](Json& c) { c["entry"]["at"] = "2020-01-01T00:00:00.000Z"; }),
          line(publication_) + "it is not what stands at its position in the tree");
    finds(at(publication_, [](Json& c) { c["entry"]["seq"] = 1; }), line(publication_) + "it bears another number");
    finds(at(publication_, [](Json& c) { c["leaf_hash"] = base::base64(base::Hash{}); }),
          line(publication_) + "its leaf hash is not the one at its position");
    finds(at(publication_, [](Json& c) { c["opening"]["content"]["narrative"] = "Another."; }),
          line(publication_) + "its content is not what the entry commits to");
    const auto form = line(publication_) + "its opening has not the form of one";
    finds(at(publication_, [](Json& c) { c["opening"]["record"] = c["opening"]["content"]; }), form);
    finds(at(publication_, [](Json& c) { c["opening"]["note"] = "confirmed by the secretariat"; }), form);
    finds(at(publication_, [](Json& c) { c["note"] = "confirmed by the secretariat"; }), line(publication_) + "it has not the form of one");
    finds(at(publication_, [](Json& c) { c["entry"]["note"] = "confirmed by the secretariat"; }),
          line(publication_) + "it has not the form of one");
    finds(at(publication_, [](Json& c) { c["opening"]["recipients"]["list"] = {"public"}; }),
          line(publication_) + "its recipients are not those that the entry commits to");
    const auto authority = line(publication_) + "its authority is not the one that the entry commits to";
    finds(at(publication_, [](Json& c) { c["opening"]["authority"]["by"] = "note_verbale"; }), authority);
    finds(at(publication_, [](Json& c) { c["opening"]["authority_salt"] = c["opening"]["salt"]; }), authority);
    finds(at(publication_, [](Json& c) { c["opening"].erase("authority"); }), form);
    finds(at(publication_, [](Json& c) { c["opening"].erase("authority_salt"); }), form);
    finds(at(publication_, [](Json& c) { c["entry"].erase("authority"); }),
          line(publication_) + "it does not say what stood behind the account of a State that acted");
    finds(at(publication_, [](Json& c) { c["entry"]["actor"]["role"] = "chair"; }),
          line(publication_) + "it says what stood behind an account of a State, and none acted");
    finds(at(publication_, [](Json& c) { c["opening"]["actor"]["account"] = "somebody"; }),
          line(publication_) + "its actor is not the one that the entry commits to");
    finds(at(publication_, [](Json& c) { c.erase("receipt"); }), line(publication_) + "it has not the form of one");
    finds(without(publication_), report_file(revised_) + ": " + entry(publication_) + ", which it names, is not in the archive");
    finds([&](Files& files) { files["changes.ndjson"] += changes_of(files).back().dump() + "\n"; }, "its position was there before");
    finds(
        [&](Files& files) {
            auto last = changes_of(files).back();
            last["seq"] = 1'000'000;
            files["changes.ndjson"] += last.dump() + "\n";
        },
        "it lies beyond the size");
    finds([](Files& files) { files["changes.ndjson"] = "not JSON\n" + files["changes.ndjson"]; },
          "changes.ndjson, line 1: it has not the form of one");
    finds([](Files& files) { files["changes.ndjson"].pop_back(); }, "changes.ndjson: its last line does not end");
    const auto hide = [](Json& c) {
        c = {{"seq", c["seq"]}, {"tombstone", true}, {"subject", c["entry"]["subject"]}, {"leaf_hash", c["leaf_hash"]}};
    };
    finds(at(publication_, hide), report_file(revised_) + ": " + entry(publication_) + ", which it names, is not in the archive");
    Seq tombstone = -1;
    for (const auto& change : changes_of(of_peru_))
        if (change.value("tombstone", false) && change.at("subject").at("id") == narrowed_)
            tombstone = change.at("seq");
    finds(at(tombstone, [](Json& c) { c["leaf_hash"] = base::base64(base::Hash{}); }),
          entry(tombstone) + " (report " + narrowed_ + "): its leaf hash is not the one at its position", &of_peru_);
}

TEST_F(VerifyExport, ReceiptsAreNamed)
{
    const auto other = stranger();
    finds(at(publication_, [](Json& c) { c["receipt"]["index"] = 0; }), line(publication_) + "its receipt is of another entry");
    finds(at(publication_, [](Json& c) { c["receipt"]["more"] = 0; }), line(publication_) + "its receipt is of another entry");
    finds(at(publication_, [](Json& c) { c["receipt"]["proof"].erase(0); }),
          line(publication_) + "its receipt does not prove that it stands in the tree");
    finds(at(publication_, [](Json& c) { c["receipt"]["proof"][0] = "!"; }),
          line(publication_) + "its receipt does not prove that it stands in the tree");
    const auto signed_by = [](const ledger::Signer& by, std::uint64_t size, const base::Hash& root) {
        return ledger::sign_checkpoint({by.name, size, root}, by);
    };
    finds(at(publication_, [&](Json& c) { c["receipt"]["checkpoint"] = signed_by(other, 10, {}); }),
          line(publication_) + "its receipt's checkpoint is not signed by the log's key");
    finds(at(publication_, [&](Json& c) { c["receipt"]["checkpoint"] = signed_by(signer(), 10, {}); }),
          line(publication_) + "its receipt's checkpoint signs another tree");
    finds(at(publication_, [&](Json& c) { c["receipt"]["checkpoint"] = signed_by(signer(), 1'000'000, {}); }),
          line(publication_) + "its receipt's checkpoint signs another tree");
}

TEST_F(VerifyExport, TheTreeAndWhatIsSignedAreNamed)
{
    finds([](Files& files) { files["leaves"][0] = files["leaves"][0] == 'A' ? 'B' : 'A'; },
          "leaves: its positions do not give the root that the checkpoint signs");
    finds([](Files& files) { files["leaves"] = files["leaves"].substr(45); }, "positions instead of");
    finds([](Files& files) { files["leaves"] += files["leaves"].substr(0, 45); }, "positions instead of");
    finds([](Files& files) { files["leaves"] = "!\n" + files["leaves"].substr(45); }, "leaves: line 1 is no leaf hash");
    const auto other = stranger();
    const auto size = static_cast<std::uint64_t>(this->size());
    finds(
        [&](Files& files) {
            files["checkpoint"] = ledger::sign_checkpoint({other.name, size, {}}, other);
        },
        "checkpoint: it is not signed by the log's key");
    finds(
        [&](Files& files) {
            files["checkpoint"] = ledger::sign_checkpoint({signer().name, size, {}}, signer());
        },
        "checkpoint: it is not the one that the manifest names");
    finds(
        [&](Files& files) {
            files["checkpoint"] = ledger::sign_checkpoint({signer().name, size - 1, {}}, signer());
        },
        "positions instead of " + std::to_string(size - 1));
    finds([&](Files& files) { files["manifest"] = "cbmx-export/v2" + files["manifest"].substr(14); },
          "manifest: it has not the form of one");
    finds([](Files& files) { files["keys.json"] = "{}"; }, "keys.json: it has not the form of one");
    EXPECT_TRUE(said_of({{"one", "1"}}, keys()).starts_with("NOT genuine"));
    EXPECT_NE(service::verify_export((directory() / "nothing.zip").string(), keys()).summary().find("archive: it cannot be read"),
              std::string::npos);
}

// Rotations: rotation_test.cpp. Here what somebody adds who holds a key of the log, or none.
TEST_F(VerifyExport, KeysThatTheEntriesDoNotNameAreNamed)
{
    const auto fresh = stranger();
    auto files = genuine_;
    auto stored = Json::parse(files["keys.json"]);
    auto added = stored["keys"][0];
    added["text"] = ledger::verifier_key_text({fresh.name, fresh.public_key});
    stored["keys"].push_back(added);
    const std::string words = "keys.json: it does not say what the entries say of the log's keys";
    finds([&](Files& changed) { changed["keys.json"] = stored.dump(); }, words);
    auto ended = Json::parse(files["keys.json"]);
    ended["keys"][0]["until_seq"] = 1'000'000;
    finds([&](Files& changed) { changed["keys.json"] = ended.dump(); }, words);
    ended["keys"][0]["until_seq"] = 3;
    finds([&](Files& changed) { changed["keys.json"] = ended.dump(); }, "manifest: it is signed by a key that had ended by then");

    const auto checkpoint = ledger::open_checkpoint(files["checkpoint"], keys()).value();
    files["checkpoint"] = ledger::sign_checkpoint(checkpoint, fresh);
    files["keys.json"] = stored.dump();
    const auto unsigned_list = said_of(files, keys());
    EXPECT_NE(unsigned_list.find("keys.json: it is not what was exported"), std::string::npos) << unsigned_list;
    EXPECT_NE(unsigned_list.find("checkpoint: it is not signed by the log's key"), std::string::npos)
        << "nobody vouches for what was put there later";
}

// Every list has one form too, to its last byte, even where the log's own key has signed it.
TEST_F(VerifyExport, LinesOfAnotherFormAreNamed)
{
    const auto changed_line = [](const std::string& path, const std::string& before, const std::string& after) {
        return [=](Files& files) {
            files[path] = before + files[path].substr(0, files[path].find('\n')) + after + files[path].substr(files[path].find('\n'));
        };
    };
    for (const auto& [before, after] :
         std::vector<std::pair<std::string, std::string>>{{"", "\r"}, {" ", ""}, {"\n", ""}, {"", "\n"}, {"", " "}}) {
        const std::string number = after == "\n" ? "2" : "1";
        finds(changed_line("changes.ndjson", before, after), "changes.ndjson, line " + number + ": it has not the form of one");
        finds(changed_line("leaves", before, after), "leaves: line " + number + " is no leaf hash");
    }
    finds([](Files& files) { files["leaves"].pop_back(); }, "leaves: its last line does not end");
    finds([](Files& files) { files["later.json"] += "{}"; }, "later.json: it has not the form of one");
    finds([](Files& files) { files["keys.json"] = "\xef\xbb\xbf" + files["keys.json"]; }, "keys.json: it has not the form of one");
    finds([](Files& files) { files["checkpoint"] += "\n"; }, "checkpoint: it is not signed by the log's key");
}

TEST_F(VerifyExport, TheListOfSumsHasOneForm)
{
    const auto said_with = [this](const std::function<std::string(std::string sums)>& change) {
        auto files = sealed(genuine_, signer());
        const auto before = base::hex(base::sha256(files["SHA256SUMS"]));
        files["SHA256SUMS"] = change(files["SHA256SUMS"]);
        auto text = files["manifest"].substr(0, files["manifest"].rfind("\n\n") + 1);
        text.replace(text.find(before), before.size(), base::hex(base::sha256(files["SHA256SUMS"])));
        files["manifest"] = ledger::sign_note(text, signer());
        return said_of(files, keys());
    };
    const std::string no_line = " has not the form of one";
    EXPECT_TRUE(said_with([](std::string sums) { return sums; }).starts_with("genuine"));
    const auto first_last = said_with([](std::string sums) {
        const auto end = sums.find('\n') + 1;
        return sums.substr(end) + sums.substr(0, end);
    });
    EXPECT_NE(first_last.find(no_line), std::string::npos) << first_last;
    const auto in_capitals = said_with([](std::string sums) {
        const auto letter = sums.find_first_of("abcdef");
        sums[letter] = static_cast<char>(sums[letter] - 'a' + 'A');
        return sums;
    });
    EXPECT_NE(in_capitals.find(no_line), std::string::npos) << in_capitals;
    for (const std::string end : {"\n", "x", "\r\n"})
        EXPECT_TRUE(said_with([&](std::string sums) { return sums + end; }).starts_with("NOT genuine")) << end;
}

// Not one byte of it is free: base/archive/reader_test.cpp. What is in it is judged all the same.
TEST_F(VerifyExport, AnArchiveThatOthersPackedIsNamedAsSuch)
{
    auto files = genuine_;
    for (const bool is_forged : {false, true}) {
        if (is_forged)
            files["index.html"] += "!";
        const auto file = packed(files);
        std::ifstream in(file, std::ios::binary);
        std::string bytes{std::istreambuf_iterator<char>(in), {}};
        const auto table = base::number_at(bytes, bytes.size() - base::end_bytes + 16, 4);
        bytes[table + 41] = '\x81';  // rights of a file, as Unix has them
        std::ofstream(file, std::ios::binary) << bytes;
        const auto said = service::verify_export(file, keys()).summary();
        const std::string other_form = "archive: SHA256SUMS is not packed as an export packs it: its attributes in the table of contents\n";
        EXPECT_EQ(said, is_forged ? "NOT genuine: 2 faults\n" + other_form + "index.html: it is not what was exported\n"
                                  : "NOT genuine: 1 fault\n" + other_form);
    }
}

}  // namespace
}  // namespace cbmx::test
