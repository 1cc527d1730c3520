package dev.sallyport.access;

import dev.sallyport.expression.Facts;
import dev.sallyport.logic.Truth;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The user, or service account, that a request is for. Memberships are asked for one by one, because a policy names a
 * few while a user may have hundreds.
 */
public interface Subject extends Facts.User {

    /** The user's id, which outlives its name. */
    @Override
    String id();

    @Override
    String username();

    /** Whether this is the account of an application, which has no device by nature. */
    boolean serviceAccount();

    /** Whether the user is in that group or below it; unknown when the realm has no such group. */
    Truth memberOf(String groupPath);

    /** Whether the user has that role, {@code role} or {@code client.role}; unknown when the realm has no such role. */
    Truth holds(String role);

    @Override
    Optional<String> email();

    /** The user's own attributes, by name. */
    @Override
    Map<String, List<String>> attributes();

    /** Whether users can change that attribute of themselves; {@code username} and {@code email} are attributes too. */
    boolean mayEdit(String attribute);

    /** The paths of all groups that the user is in or below. */
    @Override
    Set<String> groups();

    /** All roles of the user, {@code role} or {@code client.role}, composites included. */
    @Override
    Set<String> roles();
}
