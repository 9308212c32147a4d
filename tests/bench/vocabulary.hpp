// Words of reports as ministries write them, in four languages: a few words often and many seldom, as in any text. The same
// seed gives the same reports.
#pragma once
#include <array>
#include <cctype>
#include <random>
#include <string>
#include <string_view>

namespace cbmx::bench {

struct Language {
    std::string_view code;
    std::array<std::string_view, 12> who, did;
    std::array<std::string_view, 16> what;
    std::array<std::string_view, 12> how;
};

inline constexpr std::array<Language, 4> languages{{
    {"es",
     {"el ministerio", "la agencia nacional", "el equipo de respuesta", "la cancillería", "el consejo de ciberseguridad",
      "la autoridad reguladora", "la fiscalía especializada", "el banco central", "la universidad pública", "el congreso",
      "la policía cibernética", "el operador de la red eléctrica"},
     {"publicó", "adoptó", "revisó", "puso en marcha", "amplió", "coordinó", "presentó", "evaluó", "acordó", "financió",
      "sometió a consulta", "actualizó"},
     {"la estrategia nacional", "el plan de respuesta a incidentes", "un ejercicio regional", "el protocolo de comunicación",
      "la lista de puntos de contacto", "un curso de formación", "el marco jurídico",
      "la política de divulgación coordinada de vulnerabilidades", "el inventario de infraestructuras críticas",
      "un acuerdo de cooperación", "el informe anual de amenazas", "la guía para pequeñas empresas", "un simulacro con operadores",
      "el registro de incidentes", "la norma técnica de respaldo", "un programa de becas"},
     {"con el apoyo de los Estados vecinos", "durante el primer semestre", "tras una consulta pública",
      "conforme a las recomendaciones del grupo de trabajo", "con participación del sector privado", "en tres provincias",
      "por segunda vez", "con recursos propios", "según el calendario previsto", "junto con la academia", "en las lenguas oficiales",
      "para 140 funcionarios"}},
    {"en",
     {"the ministry", "the national agency", "the response team", "the foreign office", "the cybersecurity council", "the regulator",
      "the prosecution service", "the central bank", "the state university", "parliament", "the cyber police", "the grid operator"},
     {"published", "adopted", "revised", "launched", "extended", "coordinated", "presented", "evaluated", "agreed on", "funded",
      "consulted on", "updated"},
     {"the national strategy", "the incident response plan", "a regional exercise", "the communication protocol",
      "the list of points of contact", "a training course", "the legal framework", "the coordinated vulnerability disclosure policy",
      "the inventory of critical infrastructure", "a cooperation agreement", "the yearly threat report", "the guide for small companies",
      "a drill with operators", "the register of incidents", "the technical backup standard", "a scholarship programme"},
     {"with the support of neighbouring States", "in the first half of the year", "after a public consultation",
      "following the working group's recommendations", "with the private sector", "in three provinces", "for the second time",
      "from its own budget", "as planned", "together with academia", "in the official languages", "for 140 officials"}},
    {"fr",
     {"le ministère", "l'agence nationale", "l'équipe de réponse", "la chancellerie", "le conseil de cybersécurité",
      "l'autorité de régulation", "le parquet spécialisé", "la banque centrale", "l'université publique", "le parlement",
      "la police cybernétique", "l'opérateur du réseau électrique"},
     {"a publié", "a adopté", "a révisé", "a lancé", "a étendu", "a coordonné", "a présenté", "a évalué", "a approuvé", "a financé",
      "a soumis à consultation", "a mis à jour"},
     {"la stratégie nationale", "le plan de réponse aux incidents", "un exercice régional", "le protocole de communication",
      "la liste des points de contact", "une formation", "le cadre juridique", "la politique de divulgation coordonnée des vulnérabilités",
      "l'inventaire des infrastructures critiques", "un accord de coopération", "le rapport annuel sur les menaces",
      "le guide des petites entreprises", "une simulation avec les opérateurs", "le registre des incidents",
      "la norme technique de sauvegarde", "un programme de bourses"},
     {"avec l'appui des États voisins", "au premier semestre", "après une consultation publique",
      "selon les recommandations du groupe de travail", "avec le secteur privé", "dans trois provinces", "pour la deuxième fois",
      "sur ses propres moyens", "selon le calendrier prévu", "avec le monde universitaire", "dans les langues officielles",
      "pour 140 agents"}},
    {"pt",
     {"o ministério", "a agência nacional", "a equipe de resposta", "a chancelaria", "o conselho de segurança cibernética",
      "a autoridade reguladora", "a promotoria especializada", "o banco central", "a universidade pública", "o congresso",
      "a polícia cibernética", "o operador da rede elétrica"},
     {"publicou", "adotou", "revisou", "lançou", "ampliou", "coordenou", "apresentou", "avaliou", "aprovou", "financiou",
      "submeteu a consulta", "atualizou"},
     {"a estratégia nacional", "o plano de resposta a incidentes", "um exercício regional", "o protocolo de comunicação",
      "a lista de pontos de contato", "um curso de formação", "o marco jurídico", "a política de divulgação coordenada de vulnerabilidades",
      "o inventário de infraestruturas críticas", "um acordo de cooperação", "o relatório anual de ameaças",
      "o guia para pequenas empresas", "um simulado com operadores", "o registro de incidentes", "a norma técnica de cópias de segurança",
      "um programa de bolsas"},
     {"com o apoio dos Estados vizinhos", "no primeiro semestre", "após consulta pública", "segundo as recomendações do grupo de trabalho",
      "com o setor privado", "em três províncias", "pela segunda vez", "com recursos próprios", "conforme o calendário",
      "junto com a academia", "nas línguas oficiais", "para 140 funcionários"}},
}};

class Words {
public:
    explicit Words(std::uint64_t seed) : chance_(seed) {}

    // Below `count`; the first are picked much more often than the last.
    std::size_t pick(std::size_t count)
    {
        const double even = std::uniform_real_distribution<double>(0.0, 1.0)(chance_);
        return static_cast<std::size_t>(even * even * static_cast<double>(count));
    }
    std::string language() { return std::string(languages[pick(languages.size())].code); }

    std::string sentence(std::string_view code)
    {
        const auto& all = of(code);
        const auto word = [this](const auto& list) { return std::string(list[pick(list.size())]); };
        std::string text = word(all.who) + " " + word(all.did) + " " + word(all.what) + " " + word(all.how);
        text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
        return text;
    }
    std::string prose(std::string_view code, std::size_t bytes)
    {
        std::string text;
        while (text.size() < bytes)
            text += (text.empty() ? "" : " ") + sentence(code) + ".";
        return text;
    }

private:
    static const Language& of(std::string_view code)
    {
        for (const auto& language : languages)
            if (language.code == code)
                return language;
        return languages.front();
    }
    std::mt19937_64 chance_;
};

}  // namespace cbmx::bench
