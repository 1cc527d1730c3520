package dev.sallyport.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Json;
import dev.sallyport.lock.Lock.Bar;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LockTest {

    private static final Instant NOW = Instant.parse("2026-11-24T08:00:00Z");

    @Test
    void lockedUserIsStoppedOnEveryDeviceAndNobodyElseIs() {
        assertThat(bar("{'user':'ann','reason':'r'}", "ann", "laptop")).contains(new Bar("id", "user"));
        assertThat(bar("{'user':'ann','reason':'r'}", "ben", "laptop")).isEmpty();
    }

    @Test
    void lockedDeviceStopsEverybodyOnIt() {
        assertThat(bar("{'device':'laptop','reason':'r'}", "ann", "phone", "laptop"))
                .contains(new Bar("id", "device"));
        assertThat(bar("{'device':'laptop','reason':'r'}", "ann", "phone")).isEmpty();
        assertThat(bar("{'device':'laptop','reason':'r'}", "laptop")).isEmpty();
    }

    @Test
    void lockEndsAtItsTimeAndNotAMomentBefore() {
        assertThat(bar("{'user':'ann','reason':'r','until':'2026-11-24T08:00:00.001Z'}", "ann"))
                .isPresent();
        assertThat(bar("{'user':'ann','reason':'r','until':'2026-11-24T08:00:00Z'}", "ann"))
                .isEmpty();
    }

    @Test
    void lockOnAPrivilegeShutsNoDoor() {
        assertThat(bar("{'privilege':'admin','reason':'r'}", "ann", "laptop")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'user':'ann'} | reason",
                "{'user':'ann','reason':' '} | reason",
                "{'reason':'r'} | ''",
                "{'user':'ann','device':'d','reason':'r'} | ''",
                "{'user':'','reason':'r'} | user",
                "{'user':'ann','reason':'r','until':'tomorrow'} | until",
                "{'user':'ann','reason':'r','until':1} | until",
                "{'user':'ann','reason':'r','group':'/a'} | group",
            })
    void faultIsRefusedWithItsPath(String json, String path) {
        assertThatThrownBy(() -> Lock.read(Json.of(json)))
                .isInstanceOfSatisfying(
                        DocumentFault.class, fault -> assertThat(fault.path()).isEqualTo(path));
    }

    @Test
    void lockThatCannotBeReadStopsWhomItReadablyNamesForEver() {
        var json = "{'user':'ann','reason':'r','until':'2020-01-01T00:00:00Z','scope':'all'}";

        assertThat(bar(json, "ann")).isPresent();
        assertThat(bar(json, "ben")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"''", "nonsense", "{}", "{'user':7,'reason':'r'}", "{'user':' ','reason':'r'}", "[1]", "null"})
    void lockThatReadablyNamesNobodyStopsEverybody(String json) {
        assertThat(bar(json, "ann")).contains(new Bar("id", "everybody"));
    }

    private static Optional<Bar> bar(String json, String user, String... devices) {
        return Lock.readAnyway("id", Json.of(json)).bar(user, Set.of(devices), NOW);
    }
}
