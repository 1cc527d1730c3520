package dev.sallyport.elevation.realm;

import java.util.Optional;

/**
 * What a mail says, in whatever language its reader has.
 *
 * @param recipient the id of a user
 * @param kind what happened: part of the keys of its texts
 * @param privilege its display name
 * @param requester a username
 * @param until when the elevation ends or ended, for people
 * @param link where to decide; empty where there is nothing to do
 */
record Letter(
        String recipient,
        String kind,
        String privilege,
        String requester,
        Optional<String> reason,
        Optional<String> until,
        Optional<String> link) {}
