package dev.sallyport.privilege;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sallyport.access.Principals;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.DocumentName;
import dev.sallyport.document.Documents;
import java.util.List;
import java.util.Optional;

/**
 * A named set of roles or groups that people can have for a while, and the rules for it.
 *
 * @param name part of the scope by which an application asks for it
 * @param incompatibleWith privileges that nobody may have at the same time
 * @param emergency how it can be had without approval; empty when it cannot
 * @param endSessions whether the session ends with the privilege
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Privilege(
        String name,
        String displayName,
        Mode mode,
        Grants grants,
        Eligibility eligible,
        List<String> incompatibleWith,
        Activation activation,
        Optional<Approval> approval,
        Optional<Emergency> emergency,
        Boolean endSessions) {

    public Privilege {
        DocumentName.check(name);
        // NB. A scope is a list of words in ASCII, and a privilege is asked for by one of them.
        if (!name.matches("[A-Za-z0-9._-]+")) {
            throw new DocumentFault("name", "must be of the letters a to z, digits, dots, dashes and underscores");
        }
        if (displayName == null || displayName.isBlank()) throw new DocumentFault("displayName", "is required");
        if (mode == null) throw new DocumentFault("mode", "is required");
        if (grants == null) throw new DocumentFault("grants", "is required");
        if (eligible == null) throw new DocumentFault("eligible", "is required");
        if (activation == null) throw new DocumentFault("activation", "is required");
        if (mode == Mode.TOKEN && !grants.rolesOnly()) {
            throw new DocumentFault("grants.groups", "need the mode assignment, since a token makes no member");
        }
        activation = bound(activation, mode);
        incompatibleWith = Principals.names("incompatibleWith", incompatibleWith);
        int itself = incompatibleWith.indexOf(name);
        if (itself >= 0) throw new DocumentFault("incompatibleWith[" + itself + "]", "is the privilege itself");
        if (emergency.isPresent() && activation.acr().isEmpty()) {
            throw new DocumentFault("activation.acr", "is required with emergency, since nobody else is asked then");
        }
        endSessions = endSessions != null && endSessions;
    }

    private static Activation bound(Activation activation, Mode mode) {
        var given = Optional.ofNullable(activation.boundTo());
        if (mode == Mode.ASSIGNMENT && given.filter(to -> to != BoundTo.USER).isPresent()) {
            throw new DocumentFault("activation.boundTo", "must be user, since what is assigned is the user's");
        }
        var boundTo = given.orElse(mode == Mode.ASSIGNMENT ? BoundTo.USER : BoundTo.SESSION);
        return new Activation(
                activation.maxDuration(),
                activation.defaultDuration(),
                activation.justification(),
                activation.ticket(),
                activation.tokenLifespan(),
                activation.acr(),
                activation.freshAuthentication(),
                activation.device(),
                activation.schedule(),
                boundTo);
    }

    /** @throws DocumentFault with the path of the fault */
    public static Privilege read(String json) {
        return Documents.read(json, Privilege.class);
    }
}
