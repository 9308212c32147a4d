// Who sees a contact, and how much of it: the one place that says so, part of the SQL of every read (rules.md 32). Parameters: ?1 the
// caller's recipient words (JSON array), ?2 the caller's own State ('' : none), ?3 whether the caller is the secretariat. Alias: c contact.
#pragma once

// Accounts of participating States, chair and reviewers: those who read what is listed. Uses ?1 alone.
#define DIRECTORY_READER "EXISTS (SELECT 1 FROM json_each(?1) WHERE value IN ('members', 'office:chair', 'office:reviewers'))"

// Its own State and the secretariat, whatever became of it.
#define CONTACT_OWN "(c.state = ?2 OR ?3)"

#define CONTACT_VISIBLE "(" CONTACT_OWN " OR (c.status = 'listed' AND " DIRECTORY_READER "))"

// The whole of it rather than the reduced scope: participating States, unless the contact's State left them out.
#define CONTACT_FULL                                                                                                                       \
    "(" CONTACT_OWN " OR ('members' IN (SELECT value FROM json_each(?1))"                                                                  \
    " AND NOT EXISTS (SELECT 1 FROM contact_reduction x WHERE x.contact = c.id AND x.recipient IN (SELECT value FROM json_each(?1)))))"
