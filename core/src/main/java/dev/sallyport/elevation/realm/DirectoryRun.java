package dev.sallyport.elevation.realm;

import dev.sallyport.privilege.realm.GivenByDirectory;
import dev.sallyport.privilege.realm.GivenByDirectory.Target;
import dev.sallyport.privilege.realm.PrivilegeProvider;
import dev.sallyport.server.realm.Realms;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.jboss.logging.Logger;
import org.keycloak.cluster.ClusterProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.utils.KeycloakModelUtils;

/** Looks in each realm, by one node at a time, for what its directories give past its privileges. */
public final class DirectoryRun implements Runnable {

    private static final Logger LOG = Logger.getLogger(DirectoryRun.class);
    private static final String NAME = "sallyport-directories";
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(30);

    /** How long a look may take before another node believes that it is over. */
    private static final Duration LONGEST_LOOK = Duration.ofMinutes(10);

    private final KeycloakSessionFactory factory;
    private final Clock clock = Clock.systemUTC();
    private Instant next = Instant.EPOCH;

    public DirectoryRun(KeycloakSessionFactory factory) {
        this.factory = factory;
    }

    @Override
    public void run() {
        if (clock.instant().isBefore(next)) return;
        KeycloakModelUtils.runJobInTransaction(factory, session -> session.getProvider(ClusterProvider.class)
                .executeIfNotExecuted(NAME, (int) LONGEST_LOOK.toSeconds(), this::look));
        next = clock.instant().plus(BETWEEN_LOOKS);
    }

    private int look() {
        var realms = KeycloakModelUtils.runJobInTransactionWithResult(
                factory, session -> Realms.having(session, PrivilegeProvider.class));
        realms.forEach(this::look);
        return realms.size();
    }

    // NB. A directory that is away keeps no other realm's from being asked.
    private void look(String realmId) {
        try {
            for (var target : inRealm(realmId, GivenByDirectory::targets, List.<Target>of())) {
                inRealm(realmId, given -> look(given, target), target);
            }
        } catch (RuntimeException e) {
            LOG.warnf(e, "the directories of realm %s could not be asked what they give; the next look will", realmId);
        }
    }

    private static Target look(GivenByDirectory given, Target target) {
        given.look(target);
        return target;
    }

    private <T> T inRealm(String realmId, Function<GivenByDirectory, T> job, T otherwise) {
        return KeycloakModelUtils.runJobInTransactionWithResult(factory, session -> Realms.enter(session, realmId)
                .map(realm -> job.apply(given(session, realm)))
                .orElse(otherwise));
    }

    private GivenByDirectory given(KeycloakSession session, RealmModel realm) {
        return new GivenByDirectory(session, realm, new Assignments(session, realm, clock)::leased);
    }
}
