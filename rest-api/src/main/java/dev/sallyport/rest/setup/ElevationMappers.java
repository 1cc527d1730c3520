package dev.sallyport.rest.setup;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.keycloak.models.ClientScopeModel;
import org.keycloak.models.ProtocolMapperModel;
import org.keycloak.models.RealmModel;
import org.keycloak.protocol.oidc.OIDCLoginProtocol;

/** The mappers that put elevations into tokens, in the client scope by which Keycloak puts in roles. */
record ElevationMappers(RealmModel realm) {

    private static final String SCOPE = "roles";

    /** The mapper without which nobody gets an elevated role. */
    static final String ROLES = "sallyport-elevated-roles";

    private static final String CLAIM = "sallyport-elevation-claim";

    // NB. As the role mappers of that scope are: not in ID tokens and userinfo unless an administrator wants it.
    private static final Map<String, String> SHOWN = Map.of(
            "access.token.claim", "true",
            "introspection.token.claim", "true",
            "id.token.claim", "false",
            "userinfo.token.claim", "false");

    List<Piece> all() {
        return List.of(
                piece(ROLES, Map.of(), mapper -> true),
                piece(CLAIM, SHOWN, mapper -> shown(mapper, "introspection.token.claim")));
    }

    private static boolean shown(ProtocolMapperModel mapper, String where) {
        return !"false".equals(mapper.getConfig().get(where));
    }

    private Piece piece(String id, Map<String, String> config, Predicate<ProtocolMapperModel> asMade) {
        return new Piece(
                "protocol-mapper/" + SCOPE + "/" + id, () -> Piece.state(find(id), asMade), () -> make(id, config));
    }

    private Optional<ProtocolMapperModel> find(String id) {
        return scope().stream()
                .flatMap(ClientScopeModel::getProtocolMappersStream)
                .filter(mapper -> id.equals(mapper.getProtocolMapper()))
                .findFirst();
    }

    private Optional<ClientScopeModel> scope() {
        return realm.getClientScopesStream()
                .filter(scope -> SCOPE.equals(scope.getName()))
                .findFirst();
    }

    // NB. Where an administrator removed the scope, it is for the administrator to say who has roles.
    private void make(String id, Map<String, String> config) {
        scope().ifPresent(scope -> scope.addProtocolMapper(mapper(id, config)));
    }

    private static ProtocolMapperModel mapper(String id, Map<String, String> config) {
        var mapper = new ProtocolMapperModel();
        mapper.setName(id.equals(ROLES) ? "elevated roles" : "elevations");
        mapper.setProtocol(OIDCLoginProtocol.LOGIN_PROTOCOL);
        mapper.setProtocolMapper(id);
        mapper.setConfig(config);
        return mapper;
    }

    /** The providers that the server has to have. */
    static Stream<String> providers() {
        return Stream.of(ROLES, CLAIM);
    }
}
