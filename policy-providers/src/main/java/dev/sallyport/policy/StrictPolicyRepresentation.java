package dev.sallyport.policy;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.SortedSet;
import java.util.TreeSet;
import org.keycloak.representations.idm.authorization.AbstractPolicyRepresentation;

/**
 * An authorization policy as Keycloak reads it over REST.
 *
 * <p>NB. Keycloak answers a field that it does not know with a server error and without a name. So unknown fields are
 * taken, and refused by us.
 */
abstract class StrictPolicyRepresentation extends AbstractPolicyRepresentation {

    private final SortedSet<String> unknown = new TreeSet<>();

    @JsonAnySetter
    void take(String field, Object value) {
        unknown.add(field);
    }

    /** The names of fields that mean nothing. */
    @JsonIgnore
    SortedSet<String> unknownFields() {
        return unknown;
    }
}
