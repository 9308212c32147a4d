// A directory in a portal without a server: contacts listed, recorded, amended, objected to, removed and erased.
#pragma once
#include "service/directory/contacts.hpp"
#include "service/directory/nominations.hpp"
#include "unit/verify/tampering.hpp"

namespace cbmx::test {

class DirectoryFixture : public Tampering {
protected:
    Principal nominator = someone("state:CL", {"nominator"}), clerk = someone("office:secretariat", {"secretariat"}),
              reader = someone("state:PE", {"contact"});

    static Json fields(const std::string& person)
    {
        return {{"category", "technical"},
                {"person", person},
                {"institution", "Equipo"},
                {"emails", {"a@team.example"}},
                {"languages", {"es", "en"}},
                {"time_zone", "America/Santiago"},
                {"hours", {{{"days", {"mo", "su"}}, {"from", "20:00"}, {"until", "04:00"}}}},
                {"csirt", {{"constituency", "Redes"}}}};
    }
    static Json note(const char* reference = "NV 1") { return {{"reference", reference}, {"date", "2026-01-15"}}; }

    // Gives the nomination's id.
    std::string made(const Principal& by, Json body, const service::Inspection& inspection = {})
    {
        body["note"] = body.value("note", note());
        if (by.home.is_office())
            body["state"] = "CL";
        return write([&](Transaction& transaction) { return service::make_nomination(transaction, by, body, inspection); }).value().id;
    }
    template <class Step>
    Seq stepped(const Step& step)
    {
        return write(step).value().seq.value();
    }
    Seq accepted(const std::string& nomination)
    {
        return stepped([&](Transaction& t) { return service::accept_nomination(t, clerk, nomination, std::nullopt); });
    }
    std::string contact_of_nomination(const std::string& id)
    {
        return read([&](Connection& db) { return store::find_nomination(db, id); }).value().contact;
    }
    std::string listed(const std::string& person)
    {
        const auto nomination = made(nominator, {{"kind", "nomination"}, {"fields", fields(person)}});
        accepted(nomination);
        return contact_of_nomination(nomination);
    }
    std::string recorded(const std::string& person)
    {
        return contact_of_nomination(made(clerk, {{"kind", "nomination"}, {"fields", fields(person)}, {"minimal_for", {"state:PE"}}}));
    }
    void removed(const std::string& contact) { accepted(made(nominator, {{"kind", "removal"}, {"contact", contact}})); }
    void erased(const std::string& contact)
    {
        stepped([&](Transaction& t) { return service::erase_contact(t, nominator, contact, std::nullopt); });
    }
    void populate_directory()
    {
        amended_ = listed("Amended");
        accepted(made(nominator, {{"kind", "amendment"}, {"contact", amended_}, {"fields", {{"rank", "alternate"}}}}));
        confirmed_ = recorded("Confirmed");
        advance(std::chrono::hours(1));
        stepped([&](Transaction& t) { return service::confirm_contact(t, nominator, confirmed_, {}, std::nullopt); });
        service::Inspection inspection;
        inspection.file = service::FileFacts{"application/pdf", "%PDF-1.4 note"};
        auto with_file = note();
        with_file["file"] = {{"name", "note.pdf"}, {"content", "JVBERi0xLjQgbm90ZQ=="}};
        const auto paper = made(clerk, {{"kind", "nomination"}, {"fields", fields("Objected")}, {"note", with_file}}, inspection);
        noted_ = paper;
        objected_ = contact_of_nomination(paper);
        stepped([&](Transaction& t) { return service::object_to_nomination(t, nominator, paper, "Not ours.", std::nullopt); });
        removed_ = listed("Removed");
        removed(removed_);
        removal_ = last() - 1;  // the contact's entry stands before the nomination's
        erased_ = listed("Erased");
        removed(erased_);
        erased(erased_);
        open_ = made(nominator, {{"kind", "nomination"}, {"fields", fields("Open")}});
        returned_ = made(nominator, {{"kind", "nomination"}, {"fields", fields("Returned")}});
        stepped([&](Transaction& t) { return service::return_nomination(t, clerk, returned_, "No signature.", std::nullopt); });
    }

    std::string amended_, confirmed_, objected_, noted_, removed_, erased_, open_, returned_;
    Seq removal_ = 0;
};

}  // namespace cbmx::test
