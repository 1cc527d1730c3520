package dev.sallyport.authenticators;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.sallyport.access.Unmet;
import dev.sallyport.access.realm.AccessGate;
import dev.sallyport.elevation.ElevationRefusal;
import dev.sallyport.elevation.realm.Actor;
import dev.sallyport.elevation.realm.Ask;
import dev.sallyport.elevation.realm.Elevations;
import dev.sallyport.elevation.realm.Operation;
import dev.sallyport.privilege.realm.ElevationScopes;
import java.io.IOException;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.keycloak.OAuth2Constants;
import org.keycloak.models.Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.protocol.oidc.OIDCLoginProtocol;
import org.keycloak.protocol.oidc.utils.AcrUtils;
import org.keycloak.sessions.AuthenticationSessionModel;
import org.keycloak.util.JsonSerialization;

/** Which privileges a login is to end with, as its application asked for them. */
record ElevationWish(KeycloakSession session, AuthenticationSessionModel authSession) {

    /** The realm's attribute that maps authentication context classes to privileges, as JSON. */
    static final String ACRS = "sallyport.elevationAcr";

    private static final Logger LOG = Logger.getLogger(ElevationWish.class);

    /** By a scope, or by an authentication context class (OpenID Connect Core 3.1.2.1, RFC 9470 section 4). */
    List<String> inLogin() {
        return Stream.concat(byScope(), byAcr()).distinct().toList();
    }

    /** By the action that the application starts. */
    Optional<String> byAction() {
        boolean asked = ElevateRequiredAction.ID.equals(authSession.getClientNote(Constants.KC_ACTION));
        return asked ? parameter() : Optional.empty();
    }

    /** The privilege that the action is about. */
    Optional<String> parameter() {
        return Optional.ofNullable(authSession.getClientNote(Constants.KC_ACTION_PARAMETER));
    }

    private Stream<String> byScope() {
        return Optional.ofNullable(authSession.getClientNote(OAuth2Constants.SCOPE)).stream()
                .flatMap(scopes -> ElevationScopes.privileges(scopes).stream());
    }

    private Stream<String> byAcr() {
        if (!OIDCLoginProtocol.LOGIN_PROTOCOL.equals(authSession.getProtocol())) return Stream.empty();
        var mapped = mapped(authSession.getRealm());
        if (mapped.isEmpty()) return Stream.empty();
        return AcrUtils.getAcrValues(
                        authSession.getClientNote(OIDCLoginProtocol.CLAIMS_PARAM),
                        authSession.getClientNote(OIDCLoginProtocol.ACR_PARAM),
                        authSession.getClient())
                .stream()
                .flatMap(acr -> Optional.ofNullable(mapped.get(acr)).stream());
    }

    private static Map<String, String> mapped(RealmModel realm) {
        var json = realm.getAttribute(ACRS);
        if (json == null || json.isBlank()) return Map.of();
        try {
            return JsonSerialization.readValue(json, new TypeReference<>() {});
        } catch (IOException e) {
            LOG.warnf("realm %s: attribute %s maps no privileges: %s", realm.getName(), ACRS, e.getMessage());
            return Map.of();
        }
    }

    private static Operation asking(Elevations elevations, Actor actor, String privilege) {
        return elevations.request(
                actor,
                new Ask(privilege, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), false));
    }

    // NB. Of who may not do it, nothing more is asked either.
    private static Stream<Unmet> unmet(Operation operation) {
        try {
            return operation.check().unmet().stream();
        } catch (ElevationRefusal refused) {
            return Stream.empty();
        }
    }

    /**
     * What is missing for all of them together.
     *
     * @param level the level to be reached; empty when the login has it
     * @param reauthenticate whether the authentication is too old
     */
    record Strength(Optional<Integer> level, boolean reauthenticate) {}

    Strength missing(AccessGate gate) {
        var privileges = Stream.concat(inLogin().stream(), byAction().stream())
                .distinct()
                .toList();
        var linked = ApproveRequiredAction.linked(authSession);
        if (privileges.isEmpty() && linked.isEmpty()) return new Strength(Optional.empty(), false);

        var actor = Actor.ofLogin(session, authSession);
        var elevations = new Elevations(session, authSession.getRealm(), Clock.systemUTC());
        var unmet = Stream.concat(
                        privileges.stream().map(privilege -> asking(elevations, actor, privilege)),
                        linked.stream().map(id -> elevations.approve(actor, id, Optional.empty())))
                .flatMap(ElevationWish::unmet)
                .toList();
        var level = unmet.stream()
                .filter(missing -> missing.control().equals("acr"))
                .flatMap(missing -> gate.levelOf(missing.expected()).stream())
                .max(Comparator.naturalOrder());
        return new Strength(
                level, unmet.stream().anyMatch(missing -> missing.control().equals("freshAuthentication")));
    }
}
