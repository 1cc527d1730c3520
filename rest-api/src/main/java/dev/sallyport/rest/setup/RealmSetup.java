package dev.sallyport.rest.setup;

import dev.sallyport.audit.realm.AuditTree;
import dev.sallyport.privilege.Privilege;
import dev.sallyport.privilege.realm.ElevationScopes;
import dev.sallyport.privilege.realm.PrivilegeProvider;
import dev.sallyport.protection.realm.Flow;
import dev.sallyport.rest.ApprovalsResource;
import dev.sallyport.rest.setup.Piece.State;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.keycloak.Config;
import org.keycloak.authentication.Authenticator;
import org.keycloak.authentication.RequiredActionProvider;
import org.keycloak.events.EventListenerProvider;
import org.keycloak.models.AuthenticationFlowModel;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ClientScopeModel;
import org.keycloak.models.Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.RequiredActionProviderModel;
import org.keycloak.models.RoleModel;
import org.keycloak.protocol.ProtocolMapper;
import org.keycloak.protocol.oidc.OIDCLoginProtocol;
import org.keycloak.protocol.oidc.mappers.AudienceProtocolMapper;
import org.keycloak.provider.Provider;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.services.Urls;
import org.keycloak.services.clientpolicy.executor.ClientPolicyExecutorProvider;
import org.keycloak.services.managers.ClientManager;
import org.keycloak.urls.UrlType;

/** Makes what is missing in a realm, and tells how the realm differs from what would be made. */
public final class RealmSetup {

    private static final String SALLYPORT = "sallyport";
    private static final String ACCESS = "sallyport-access";
    private static final String ELEVATE = "sallyport-elevate";
    private static final String APPROVE = "sallyport-approve";
    private static final String APPROVALS = ApprovalsResource.CLIENT;
    private static final String MANAGE = "manage";

    /** Roles and what they are for; {@code manage} includes the others. */
    private static final Map<String, String> ROLES = Map.of(
            "view", "Reads the administration of Sallyport.",
            "ingest", "Reports the posture of devices; for service accounts.",
            "audit", "Reads the audit log.");

    private final KeycloakSession session;
    private final RealmModel realm;

    public RealmSetup(KeycloakSession session, RealmModel realm) {
        this.session = session;
        this.realm = realm;
    }

    /** What to bind besides making it. */
    public record Bindings(boolean browserFlow, boolean directGrantFlow) {}

    /**
     * What a setup came to.
     *
     * @param created names of what was missing and is there now
     * @param existing names of what was there already, changed or not
     */
    public record Outcome(List<String> created, List<String> existing) {}

    /** @return a sentence about a provider that the server does not have; empty when it has all */
    public Optional<String> obstacle() {
        return Stream.of(
                        flows().stream()
                                .flatMap(Flow::authenticators)
                                .distinct()
                                .flatMap(id -> lacking(Authenticator.class, id)),
                        lacking(RequiredActionProvider.class, ACCESS),
                        lacking(RequiredActionProvider.class, ELEVATE),
                        lacking(RequiredActionProvider.class, APPROVE),
                        lacking(ClientPolicyExecutorProvider.class, ACCESS),
                        lacking(EventListenerProvider.class, SALLYPORT),
                        ElevationMappers.providers().flatMap(id -> lacking(ProtocolMapper.class, id)))
                .flatMap(found -> found)
                .findFirst();
    }

    private Stream<String> lacking(Class<? extends Provider> type, String id) {
        return has(type, id)
                ? Stream.empty()
                : Stream.of("The server has no " + type.getSimpleName() + " \"" + id + "\".");
    }

    private boolean has(Class<? extends Provider> type, String id) {
        return session.getKeycloakSessionFactory().getProviderFactory(type, id) != null;
    }

    public Outcome make(Bindings bindings) {
        var created = new ArrayList<String>();
        var existing = new ArrayList<String>();
        Stream.concat(pieces().stream(), bound(bindings).stream()).forEach(piece -> {
            if (piece.state().get() == State.MISSING) {
                piece.make().run();
                created.add(piece.name());
            } else {
                existing.add(piece.name());
            }
        });
        return new Outcome(List.copyOf(created), List.copyOf(existing));
    }

    public Drift drift() {
        var pieces = pieces();
        return new Drift(
                named(pieces, State.MISSING),
                named(pieces, State.CHANGED),
                new Bypasses(session, realm).find(),
                faulty());
    }

    private List<Drift.Fault> faulty() {
        return realm.getAuthenticationFlowsStream()
                .filter(AuthenticationFlowModel::isTopLevel)
                .map(flow -> Flow.read(realm, flow))
                .flatMap(SallyportFlows::faults)
                .toList();
    }

    // NB. Names in signed notes hold no plus sign and no space; of an address none is left that is not encoded.
    private String origin() {
        var issuer =
                Urls.realmIssuer(session.getContext().getUri(UrlType.FRONTEND).getBaseUri(), realm.getName());
        return issuer.replaceFirst("^[a-z]+://", "").replace("+", "%2B") + "/" + SALLYPORT;
    }

    private static List<String> named(List<Piece> pieces, State state) {
        return pieces.stream()
                .filter(piece -> piece.state().get() == state)
                .map(Piece::name)
                .toList();
    }

    /** In the order in which they can be made. */
    private List<Piece> pieces() {
        var pieces = new ArrayList<Piece>();
        pieces.add(new Piece(
                "client/" + SALLYPORT, () -> Piece.state(client(), RealmSetup::onlyHoldsRoles), this::makeClient));
        var tree = new AuditTree(session, realm);
        pieces.add(new Piece("audit-log", () -> Piece.state(tree.open()), () -> tree.open(origin())));
        ROLES.keySet().stream().sorted().forEach(role -> pieces.add(role(role)));
        pieces.add(new Piece(
                "role/" + SALLYPORT + "/" + MANAGE,
                () -> Piece.state(findRole(MANAGE), this::includesTheOthers),
                this::makeManageRole));
        pieces.add(new Piece(
                "client-scope/" + SALLYPORT, () -> Piece.state(scope(), RealmSetup::bringsAudience), this::makeScope));
        console()
                .ifPresent(console -> pieces.add(new Piece(
                        "optional-client-scope/" + console.getClientId() + "/" + SALLYPORT,
                        () -> Piece.state(console.getClientScopes(false).containsKey(SALLYPORT)),
                        () -> console.addClientScope(scope().orElseThrow(), false))));
        pieces.add(requiredAction(ACCESS, "Conditional access"));
        pieces.add(requiredAction(ELEVATE, "Request elevated access"));
        pieces.add(requiredAction(APPROVE, "Decide on elevated access"));
        pieces.add(new Piece(
                "client/" + APPROVALS,
                () -> Piece.state(
                        Optional.ofNullable(realm.getClientByClientId(APPROVALS)), this::onlyLeadsToApprovals),
                this::makeApprovals));
        PrivilegeProvider.all(realm).forEach(privilege -> pieces.add(elevationScope(privilege)));
        pieces.addAll(new ClientPolicyPieces(session, realm).all());
        pieces.addAll(new ElevationMappers(realm).all());
        pieces.add(new Piece(
                "event-listener/" + SALLYPORT,
                () -> Piece.state(realm.getEventsListenersStream().anyMatch(SALLYPORT::equals)),
                this::addListener));
        flows().forEach(flow -> pieces.add(new Piece(
                "flow/" + flow.alias(),
                () -> Piece.state(Flow.named(realm, flow.alias()), flow::equals),
                () -> flow.make(realm))));
        return pieces;
    }

    private List<Flow> flows() {
        // NB. As Keycloak itself, which has no organizations in the realm that administers the others.
        boolean master = Config.getAdminRealm().equals(realm.getName());
        return SallyportFlows.all(id -> has(Authenticator.class, id) && !(master && id.equals("organization")));
    }

    private List<Piece> bound(Bindings bindings) {
        var pieces = new ArrayList<Piece>();
        if (bindings.browserFlow()) {
            pieces.add(binding("browser", SallyportFlows.BROWSER, realm.getBrowserFlow(), realm::setBrowserFlow));
        }
        if (bindings.directGrantFlow()) {
            pieces.add(binding(
                    "direct_grant",
                    SallyportFlows.DIRECT_GRANT,
                    realm.getDirectGrantFlow(),
                    realm::setDirectGrantFlow));
        }
        return pieces;
    }

    private Piece binding(
            String name, String alias, AuthenticationFlowModel present, Consumer<AuthenticationFlowModel> bind) {
        return new Piece(
                "binding/" + name,
                () -> Piece.state(present != null && alias.equals(present.getAlias())),
                () -> bind.accept(realm.getFlowByAlias(alias)));
    }

    private Optional<ClientModel> client() {
        return Optional.ofNullable(realm.getClientByClientId(SALLYPORT));
    }

    private static boolean onlyHoldsRoles(ClientModel client) {
        return client.isBearerOnly()
                && !client.isStandardFlowEnabled()
                && !client.isImplicitFlowEnabled()
                && !client.isDirectAccessGrantsEnabled()
                && !client.isServiceAccountsEnabled();
    }

    private void makeClient() {
        var client = new ClientRepresentation();
        client.setClientId(SALLYPORT);
        client.setName("Sallyport");
        client.setDescription("Holds the roles of Sallyport's administration. Nobody logs in to it.");
        client.setProtocol(OIDCLoginProtocol.LOGIN_PROTOCOL);
        client.setEnabled(true);
        client.setBearerOnly(true);
        client.setPublicClient(false);
        client.setStandardFlowEnabled(false);
        client.setImplicitFlowEnabled(false);
        client.setDirectAccessGrantsEnabled(false);
        client.setServiceAccountsEnabled(false);
        client.setFullScopeAllowed(false);
        ClientManager.createClient(session, realm, client);
    }

    private boolean onlyLeadsToApprovals(ClientModel client) {
        return client.isEnabled()
                && client.isStandardFlowEnabled()
                && !client.isImplicitFlowEnabled()
                && !client.isDirectAccessGrantsEnabled()
                && !client.isFullScopeAllowed()
                && client.getRedirectUris().equals(Set.of(approvals() + "*"))
                && client.getClientScopes(true).containsKey(SALLYPORT);
    }

    private void makeApprovals() {
        var client = new ClientRepresentation();
        client.setClientId(APPROVALS);
        client.setName("Sallyport approvals");
        client.setDescription("Where links in mails lead. It gets no tokens; the decision is a part of the login.");
        client.setProtocol(OIDCLoginProtocol.LOGIN_PROTOCOL);
        client.setEnabled(true);
        client.setPublicClient(true);
        client.setStandardFlowEnabled(true);
        client.setImplicitFlowEnabled(false);
        client.setDirectAccessGrantsEnabled(false);
        client.setServiceAccountsEnabled(false);
        client.setFullScopeAllowed(false);
        client.setRootUrl(Constants.AUTH_BASE_URL_PROP);
        client.setBaseUrl(approvals());
        client.setRedirectUris(List.of(approvals() + "*"));
        client.setAttributes(Map.of("pkce.code.challenge.method", "S256"));
        // NB. So that policies about Sallyport's own services hold here as they do at the REST interface.
        ClientManager.createClient(session, realm, client).addClientScope(scope().orElseThrow(), true);
    }

    private String approvals() {
        return "/realms/" + realm.getName() + "/sallyport/approvals";
    }

    private Piece role(String name) {
        return new Piece("role/" + SALLYPORT + "/" + name, () -> Piece.state(findRole(name), role -> true), () -> {
            var role = client().orElseThrow().addRole(name);
            role.setDescription(ROLES.get(name));
        });
    }

    private Optional<RoleModel> findRole(String name) {
        return client().map(client -> client.getRole(name));
    }

    private void makeManageRole() {
        var role = client().orElseThrow().addRole(MANAGE);
        role.setDescription("Administers Sallyport; includes the other roles.");
        ROLES.keySet().forEach(name -> role.addCompositeRole(findRole(name).orElseThrow()));
    }

    private boolean includesTheOthers(RoleModel manage) {
        return ROLES.keySet().stream()
                .allMatch(name -> findRole(name).filter(manage::hasRole).isPresent());
    }

    private Optional<ClientScopeModel> scope() {
        return realm.getClientScopesStream()
                .filter(scope -> SALLYPORT.equals(scope.getName()))
                .findFirst();
    }

    private static boolean bringsAudience(ClientScopeModel scope) {
        return scope.isIncludeInTokenScope()
                && scope.getScopeMappingsStream().findAny().isEmpty()
                && scope.getProtocolMappersStream()
                        .anyMatch(mapper -> AudienceProtocolMapper.PROVIDER_ID.equals(mapper.getProtocolMapper())
                                && SALLYPORT.equals(
                                        mapper.getConfig().get(AudienceProtocolMapper.INCLUDED_CLIENT_AUDIENCE)));
    }

    private void makeScope() {
        var scope = realm.addClientScope(SALLYPORT);
        scope.setDescription("Lets a token use the self-service of Sallyport.");
        scope.setProtocol(OIDCLoginProtocol.LOGIN_PROTOCOL);
        scope.setIncludeInTokenScope(true);
        scope.setDisplayOnConsentScreen(true);
        scope.addProtocolMapper(
                AudienceProtocolMapper.createClaimMapper("audience", SALLYPORT, null, true, false, true));
    }

    private Optional<ClientModel> console() {
        return Optional.ofNullable(realm.getClientByClientId(Constants.ACCOUNT_CONSOLE_CLIENT_ID));
    }

    private Piece elevationScope(Privilege privilege) {
        var scopes = new ElevationScopes(realm);
        return new Piece(
                "client-scope/" + ElevationScopes.name(privilege.name()),
                () -> Piece.state(scopes.find(privilege.name()), ElevationScopes::onlyAsks),
                () -> scopes.make(privilege));
    }

    private Piece requiredAction(String id, String name) {
        return new Piece(
                "required-action/" + id,
                () -> Piece.state(
                        Optional.ofNullable(realm.getRequiredActionProviderByAlias(id)),
                        action -> action.isEnabled() && id.equals(action.getProviderId())),
                () -> makeRequiredAction(id, name));
    }

    private void makeRequiredAction(String id, String name) {
        var action = new RequiredActionProviderModel();
        action.setAlias(id);
        action.setProviderId(id);
        action.setName(name);
        action.setEnabled(true);
        action.setDefaultAction(false);
        action.setPriority(realm.getRequiredActionProvidersStream()
                .mapToInt(RequiredActionProviderModel::getPriority)
                .map(priority -> priority + 1)
                .max()
                .orElse(0));
        realm.addRequiredActionProvider(action);
    }

    private void addListener() {
        Set<String> listeners = new HashSet<>(realm.getEventsListenersStream().toList());
        listeners.add(SALLYPORT);
        realm.setEventsListeners(listeners);
    }
}
