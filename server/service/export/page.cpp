// The page of an export: what a person sees who opens the archive. No script, nothing from outside, and its own
// Content-Security-Policy says so.
#include "base/html.hpp"
#include "i18n/zone.hpp"
#include "service/export/parts.hpp"
#include "store/log/entries.hpp"

namespace cbmx::service {
namespace {

constexpr std::string_view style =
    "body{font-family:sans-serif;line-height:1.5;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#0b0c0c}"
    "table{border-collapse:collapse;margin:1rem 0}"
    "th,td{text-align:left;vertical-align:top;padding:.3rem 1rem .3rem 0;border-bottom:1px solid #b1b4b6}"
    "code,pre{font-family:monospace;overflow-wrap:anywhere;white-space:pre-wrap}a{color:#1d70b8}";

struct Table {
    const char* name;
    std::vector<std::string> columns;  // of text keys, after "export.column."; a link to the file comes last
};
const std::vector<Table>& tables()
{
    static const std::vector<Table> list{
        {"reports", {"state", "measure", "period", "standing", "label", "revision"}},
        {"contacts", {"state", "category", "office", "institution", "freshness"}},
        {"nominations", {"state", "reference", "standing"}},
        {"files", {"reference", "name"}},
        {"lists", {"list", "count"}},
    };
    return list;
}

class IndexPage {
public:
    explicit IndexPage(const Exporting& exporting) : exporting_(exporting), language_(exporting.request.language) {}

    std::string html()
    {
        const auto title = text("title");
        html_ = "<!DOCTYPE html>\n<html lang=\"" + std::string(i18n::code_of(language_)) +
                "\">\n<head>\n<meta charset=\"utf-8\">\n"
                "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
                "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" +
                title + "</title>\n<style>" + std::string(style) + "</style>\n</head>\n<body>\n<main>\n";
        html_ += "<h1>" + title + "</h1>\n<p>" + text("intro") + "</p>\n";
        if (exporting_.request.demo)
            html_ += "<p>" + base::html_escaped(i18n::text(language_, "meta.demo_notice")) + "</p>\n";
        add_facts();
        add_check();
        for (const auto& table : tables())
            if (const auto rows = rows_of(table.name); !rows.empty())
                add_table(table, rows);
        return html_ + "</main>\n</body>\n</html>\n";
    }

private:
    std::string text(const std::string& key) const { return base::html_escaped(i18n::text(language_, "export." + key)); }

    void add_fact(const std::string& key, const std::string& value)
    {
        html_ += "<tr><th scope=\"row\">" + text(key) + "</th><td>" + base::html_escaped(value) + "</td></tr>\n";
    }

    void add_facts()
    {
        const auto& request = exporting_.request;
        html_ += "<table>\n";
        add_fact("reader", reader_name(request.reader));
        add_fact("log", request.origin);
        add_fact("made", i18n::date_words(language_, request.now) + ", " + domain::to_rfc3339(request.now));
        add_fact("size", std::to_string(request.size));
        if (request.after > 0)
            add_fact("after", std::to_string(request.after));
        add_fact("entries", std::to_string(exporting_.entries));
        add_fact("tombstones", std::to_string(exporting_.tombstones));
        add_fact("hidden", std::to_string(request.size - request.after - exporting_.entries - exporting_.tombstones));
        add_fact("later", std::to_string(exporting_.later.size()));
        html_ += "</table>\n";
    }

    void add_check()
    {
        const auto key = ledger::verifier_key_text(store::log_keys(exporting_.db).front());
        html_ += "<h2>" + text("check.title") + "</h2>\n<p>" + text("check.text") + "</p>\n";
        html_ += "<pre>cbmx verify export.zip --key KEY\npython3 verify_export.py --key KEY export.zip</pre>\n";
        html_ += "<p>" + text("check.sums") + "</p>\n<pre>sha256sum -c SHA256SUMS</pre>\n";
        html_ += "<p>" + text("check.key") + "</p>\n<pre>" + base::html_escaped(key) + "</pre>\n";
    }

    // The lists of the API are a file each: their rows are not listed singly.
    std::string rows_of(const std::string& table) const
    {
        if (table != "lists") {
            const auto found = exporting_.rows.find(table);
            return found == exporting_.rows.end() ? std::string() : found->second;
        }
        std::string rows;
        for (const auto& [name, count] : exporting_.counts) {
            const auto path = "records/" + name + ".json";
            if (count > 0 && i18n::has("export.list." + name))
                rows += "<tr><td>" + text("list." + name) + "</td><td>" + std::to_string(count) + "</td><td><a href=\"" + path + "\">" +
                        path + "</a></td></tr>\n";
        }
        return rows;
    }

    void add_table(const Table& table, const std::string& rows)
    {
        const auto count = exporting_.counts.find(table.name);
        const auto number = count == exporting_.counts.end() ? std::string() : " (" + std::to_string(count->second) + ")";
        html_ += "<h2>" + text("section." + std::string(table.name)) + number + "</h2>\n<table>\n<thead><tr>";
        for (const auto& column : table.columns)
            html_ += "<th scope=\"col\">" + text("column." + column) + "</th>";
        html_ += "<th scope=\"col\">" + text("column.file") + "</th></tr></thead>\n<tbody>\n" + rows + "</tbody>\n</table>\n";
    }

    const Exporting& exporting_;
    i18n::Language language_;
    std::string html_;
};

}  // namespace

void add_row(Exporting& exporting, const std::string& table, const std::vector<std::string>& cells, const std::string& path)
{
    auto& rows = exporting.rows[table];
    rows += "<tr>";
    for (const auto& cell : cells)
        rows += "<td>" + base::html_escaped(cell) + "</td>";
    const auto name = path.substr(path.rfind('/') + 1);
    rows += "<td><a href=\"" + path + "\">" + name + "</a></td></tr>\n";  // of an archive's alphabet
}

std::string index_page(const Exporting& exporting) { return IndexPage(exporting).html(); }

}  // namespace cbmx::service
