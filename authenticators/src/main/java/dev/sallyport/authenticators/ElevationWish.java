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

    // NB. Some may have it in an emergency only.
    private static Stream<Unmet> asking(Elevations elevations, Actor actor, String privilege) {
        return Stream.of(false, true)
                .map(emergency -> unmet(elevations.request(
                        actor,
                        new Ask(
                                privilege,
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                emergency))))
                .flatMap(Optional::stream)
                .findFirst()
                .stream()
                .flatMap(List::stream);
    }

    /** @return empty for who may not do it at all: of them nothing more is asked either */
    private static Optional<List<Unmet>> unmet(Operation<?> operation) {
        try {
            return Optional.of(operation.check().unmet());
        } catch (ElevationRefusal refused) {
            return Optional.empty();
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
                        privileges.stream().flatMap(privilege -> asking(elevations, actor, privilege)),
                        linked.stream()
                                .map(id -> unmet(elevations.approve(actor, id, Optional.empty())))
                                .flatMap(Optional::stream)
                                .flatMap(List::stream))
                .toList();
        var level = unmet.stream()
                .filter(missing -> missing.control().equals("acr"))
                .flatMap(missing -> gate.levelOf(missing.expected()).stream())
                .max(Comparator.naturalOrder());
        return new Strength(
                level, unmet.stream().anyMatch(missing -> missing.control().equals("freshAuthentication")));
    }
}
