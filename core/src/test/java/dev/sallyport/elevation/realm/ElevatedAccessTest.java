package dev.sallyport.elevation.realm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.document.Json;
import dev.sallyport.elevation.Elevation;
import dev.sallyport.elevation.Status;
import dev.sallyport.privilege.BoundTo;
import dev.sallyport.privilege.Privilege;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ElevatedAccessTest {

    private static final Instant NOW = Instant.parse("2026-11-28T08:00:00Z");

    @Test
    void tokenEndsWithTheElevationOrWithItsOwnLifespanWhicheverComesFirst() {
        assertThat(until(NOW.plusSeconds(600), "")).isEqualTo(NOW.plusSeconds(600));
        assertThat(until(NOW.plusSeconds(600), ",'tokenLifespan':'PT5M'")).isEqualTo(NOW.plusSeconds(300));
        assertThat(until(NOW.plusSeconds(60), ",'tokenLifespan':'PT5M'")).isEqualTo(NOW.plusSeconds(60));
    }

    private static Instant until(Instant end, String activation) {
        var privilege = Privilege.read(Json.of("""
                {'name':'db-admin','displayName':'x','mode':'token','grants':{'realmRoles':['x']},'eligible':{'groups':['/dba']},
                 'activation':{'maxDuration':'PT1H','defaultDuration':'PT1H'%s}}""".formatted(activation)));
        var elevation = new Elevation(
                "1",
                "db-admin",
                "ann",
                Status.ACTIVE,
                Optional.empty(),
                Optional.empty(),
                false,
                NOW,
                Optional.of(NOW),
                Optional.of(NOW),
                Optional.of(end),
                Duration.ofMinutes(10),
                Optional.empty(),
                List.of(),
                Optional.of("s"),
                Optional.empty(),
                NOW,
                BoundTo.SESSION,
                false,
                Optional.empty(),
                Optional.empty());
        return new ElevatedAccess(elevation, privilege, Set.of()).until(NOW);
    }
}
