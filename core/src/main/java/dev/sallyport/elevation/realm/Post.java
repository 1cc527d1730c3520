package dev.sallyport.elevation.realm;

import dev.sallyport.document.Documents;
import dev.sallyport.elevation.Elevation;
import dev.sallyport.elevation.EndedBy;
import dev.sallyport.elevation.Status;
import dev.sallyport.privilege.Privilege;
import dev.sallyport.privilege.realm.PrivilegeProvider;
import jakarta.ws.rs.core.UriBuilder;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jboss.logging.Logger;
import org.keycloak.events.outbox.OutboxStore;
import org.keycloak.models.UserModel;
import org.keycloak.urls.UrlType;

/**
 * Has those told whom an act concerns. What is to be sent is written down in the transaction of the act, so that there is a
 * mail if, and only if, it happened; it is sent afterwards.
 */
record Post(Registry registry) {

    /** The kind of our entries in Keycloak's outbox. */
    static final String KIND = "sallyport-mail";

    /** How many people are told of one thing: a group may be as large as a realm. */
    private static final int MOST = 100;

    private static final Logger LOG = Logger.getLogger(Post.class);

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'").withZone(ZoneOffset.UTC);

    /**
     * @param type of the audit entry
     * @param by who acted; empty for the server itself
     */
    void about(String type, Elevation elevation, Optional<UserModel> by) {
        // NB. A realm without a mail server tells nobody, and should not keep what it will never send.
        var smtp = registry.realm().getSmtpConfig();
        if (smtp == null || smtp.isEmpty()) return;
        var privilege = PrivilegeProvider.find(registry.realm(), elevation.privilege());
        switch (type) {
            case "elevation.requested" -> {
                if (elevation.status() == Status.PENDING) toApprovers(elevation, privilege);
            }
            case "emergency.activated" ->
                privilege
                        .flatMap(Privilege::emergency)
                        .ifPresent(rule -> send(
                                new Roster(registry.session(), registry.realm()).of(rule.officers()),
                                "emergency",
                                elevation,
                                privilege,
                                Optional.empty()));
            case "elevation.approved" -> {
                // NB. An approved extension is told as such, by what it prolongs.
                if (elevation.status() == Status.PENDING) {
                    toRequester("seconded", elevation, privilege);
                } else if (elevation.extending().isEmpty()) {
                    boolean kept = elevation.status() == Status.SCHEDULED && !elevation.byItself();
                    toRequester(kept ? "kept" : "approved", elevation, privilege);
                }
            }
            case "elevation.activated" -> {
                if (by.isEmpty()) toRequester("activated", elevation, privilege);
            }
            case "elevation.ended" -> {
                if (elevation.endedBy().filter(EndedBy.USER::equals).isEmpty()) {
                    toRequester("ended", elevation, privilege);
                }
            }
            case "elevation.denied" -> toRequester("denied", elevation, privilege);
            case "elevation.expired" -> toRequester("expired", elevation, privilege);
            case "elevation.extended" -> toRequester("extended", elevation, privilege);
            case "emergency.reviewed" -> toRequester("reviewed", elevation, privilege);
            default -> {
                // Nobody but who did it is concerned.
            }
        }
    }

    private void toApprovers(Elevation elevation, Optional<Privilege> privilege) {
        var approvers = registry.store().approvers(elevation.id());
        var recipients = new HashSet<>(approvers);
        recipients.addAll(new Delegations(registry).standIns(approvers, elevation.privilege()));
        recipients.remove(elevation.requester());
        send(recipients, "requested", elevation, privilege, link(elevation));
    }

    private void toRequester(String kind, Elevation elevation, Optional<Privilege> privilege) {
        send(Set.of(elevation.requester()), kind, elevation, privilege, Optional.empty());
    }

    private void send(
            Set<String> recipients,
            String kind,
            Elevation elevation,
            Optional<Privilege> privilege,
            Optional<String> link) {
        var requester =
                registry.user(elevation.requester()).map(UserModel::getUsername).orElse(elevation.requester());
        var outbox = new OutboxStore(registry.session());
        recipients.stream()
                .filter(id -> registry.user(id).filter(Post::reachable).isPresent())
                .limit(MOST)
                .map(id -> new Letter(
                        id,
                        kind,
                        privilege.map(Privilege::displayName).orElse(elevation.privilege()),
                        requester,
                        elevation.justification(),
                        elevation.end().map(Post::text),
                        link))
                .forEach(letter -> outbox.enqueuePending(
                        KIND,
                        registry.realm().getId(),
                        elevation.id(),
                        null,
                        UUID.randomUUID().toString(),
                        kind,
                        Documents.write(letter),
                        null));
    }

    static boolean reachable(UserModel user) {
        return user.isEnabled() && user.getEmail() != null && !user.getEmail().isBlank();
    }

    private Optional<String> link(Elevation elevation) {
        try {
            var base = registry.session().getContext().getUri(UrlType.FRONTEND).getBaseUri();
            return Optional.of(UriBuilder.fromUri(base)
                    .path("realms")
                    .path(registry.realm().getName())
                    .path("sallyport/approvals")
                    .path(elevation.id())
                    .build()
                    .toString());
        } catch (RuntimeException e) {
            LOG.debugf(
                    e,
                    "the address of realm %s cannot be told",
                    registry.realm().getName());
            return Optional.empty();
        }
    }

    private static String text(Instant time) {
        return TIME.format(time);
    }
}
