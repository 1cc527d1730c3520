package dev.sallyport.elevation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DisuseTest {

    private static final Instant SINCE = Instant.parse("2026-11-01T00:00:00Z");

    @Test
    void privilegeIsJudgedByItsLastElevation() {
        assertThat(Disuse.ofPrivilege(Optional.empty(), SINCE)).isEqualTo(Disuse.NEVER);
        assertThat(Disuse.ofPrivilege(Optional.of(SINCE.minusMillis(1)), SINCE)).isEqualTo(Disuse.BEFORE);
        assertThat(Disuse.ofPrivilege(Optional.of(SINCE), SINCE)).isEqualTo(Disuse.NONE);
    }

    @Test
    void roleIsNotUsedByWhoWasNotThereAndNobodyCanTellOtherwise() {
        assertThat(Disuse.ofRole(Optional.of(SINCE.minusMillis(1)), SINCE)).isEqualTo(Disuse.ABSENT);
        assertThat(Disuse.ofRole(Optional.of(SINCE), SINCE)).isEqualTo(Disuse.UNKNOWN);
        assertThat(Disuse.ofRole(Optional.empty(), SINCE)).isEqualTo(Disuse.UNKNOWN);
        assertThat(Disuse.UNKNOWN.certain()).isFalse();
    }
}
