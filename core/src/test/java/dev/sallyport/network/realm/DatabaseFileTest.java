package dev.sallyport.network.realm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.network.Address;
import dev.sallyport.network.GeoDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseFileTest {

    private static final byte[] GERMAN = GeoDatabase.countries(Map.of("192.0.2.0/24", "DE", "2001:db8::/32", "AT"));
    private static final byte[] FRENCH = GeoDatabase.countries(Map.of("192.0.2.0/24", "FR"));

    private final AtomicLong nanoTime = new AtomicLong(Long.MAX_VALUE - 1);
    private Path path;
    private GeoIpProvider atlas;

    @BeforeEach
    void startWithoutAFile(@TempDir Path directory) {
        path = directory.resolve("country.mmdb");
        atlas = new MaxMindGeoIp(Optional.of(new DatabaseFile(path, nanoTime::get)), Optional.empty());
    }

    private Optional<String> country(String address) {
        return atlas.country(Address.of(address).orElseThrow());
    }

    private void aLookLater() {
        nanoTime.addAndGet(DatabaseFile.BETWEEN_LOOKS.toNanos());
        country("192.0.2.1");
    }

    /** Two looks: one finds another file, the next that it has stopped changing. */
    private void soonAfter() {
        aLookLater();
        aLookLater();
    }

    private void move(byte[] content) throws IOException {
        var other = path.resolveSibling("other");
        Files.write(other, content);
        Files.move(other, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Test
    void anAddressIsInItsCountry() throws IOException {
        Files.write(path, GERMAN);

        assertThat(country("192.0.2.1")).contains("DE");
        assertThat(country("::ffff:192.0.2.1")).contains("DE");
        assertThat(country("2001:db8::1")).contains("AT");
        assertThat(country("192.0.3.1")).isEmpty();
        assertThat(country("10.0.0.1")).isEmpty();
    }

    @Test
    void anAddressIsInItsAutonomousSystem() throws IOException {
        Files.write(path, GeoDatabase.systems(Map.of("192.0.2.0/24", 64_496L, "198.51.100.0/24", 4_294_967_295L)));
        var systems = new MaxMindGeoIp(Optional.empty(), Optional.of(new DatabaseFile(path, nanoTime::get)));

        assertThat(systems.asn(Address.of("192.0.2.1").orElseThrow())).contains(64_496L);
        assertThat(systems.asn(Address.of("198.51.100.1").orElseThrow())).contains(4_294_967_295L);
        assertThat(systems.asn(Address.of("10.0.0.1").orElseThrow())).isEmpty();
        assertThat(systems.country(Address.of("192.0.2.1").orElseThrow())).isEmpty();
    }

    @Test
    void aFileThatIsMovedIntoItsPlaceIsReadSoonAfter() throws IOException {
        Files.write(path, GERMAN);
        assertThat(country("192.0.2.1")).contains("DE");

        var modified = Files.getLastModifiedTime(path);
        move(FRENCH);
        Files.setLastModifiedTime(path, modified);
        assertThat(country("192.0.2.1")).as("before the next look").contains("DE");
        soonAfter();

        assertThat(country("192.0.2.1")).contains("FR");
    }

    @Test
    void aFileThatIsStillBeingWrittenIsNotReadBeforeItIsWhole() throws IOException {
        Files.write(path, GERMAN);
        assertThat(country("192.0.2.1")).contains("DE");

        for (int length = 0; length < FRENCH.length; length += FRENCH.length / 4) {
            Files.write(path, Arrays.copyOf(FRENCH, length));
            Files.setLastModifiedTime(path, FileTime.from(Instant.EPOCH.plusSeconds(length)));
            aLookLater();
            assertThat(country("192.0.2.1")).as("%d bytes written", length).contains("DE");
        }
        Files.write(path, FRENCH);
        soonAfter();

        assertThat(country("192.0.2.1")).contains("FR");
    }

    @Test
    void whatAMissingFileShouldSayIsUnknownUntilItIsThere() throws IOException {
        assertThat(country("192.0.2.1")).isEmpty();

        Files.write(path, GERMAN);
        soonAfter();
        assertThat(country("192.0.2.1")).contains("DE");

        Files.delete(path);
        soonAfter();
        assertThat(country("192.0.2.1")).isEmpty();
    }

    @Test
    void whatADamagedFileShouldSayIsUnknownUntilItIsMended() throws IOException {
        var noTree = GERMAN.clone();
        Arrays.fill(noTree, 0, 800, (byte) 0x7F);
        for (var damaged : new byte[][] {"no database".getBytes(UTF_8), new byte[0], noTree, half(GERMAN)}) {
            Files.write(path, damaged);
            soonAfter();
            assertThat(country("192.0.2.1")).isEmpty();
            assertThat(country("2001:db8::1")).isEmpty();
        }

        move(GERMAN);
        soonAfter();
        assertThat(country("192.0.2.1")).contains("DE");
    }

    private static byte[] half(byte[] whole) {
        return Arrays.copyOf(whole, whole.length / 2);
    }

    @Test
    void aReaderAlwaysSeesOneFileOrTheOther() throws Exception {
        Files.write(path, GERMAN);
        country("192.0.2.1");
        var done = new AtomicBoolean();
        var surprises = new AtomicLong();
        var readers = new Thread[2];
        for (int i = 0; i < readers.length; i++) {
            readers[i] = new Thread(() -> {
                while (!done.get()) {
                    nanoTime.addAndGet(DatabaseFile.BETWEEN_LOOKS.toNanos());
                    if (country("192.0.2.1")
                            .filter(code -> code.equals("DE") || code.equals("FR"))
                            .isEmpty()) {
                        surprises.incrementAndGet();
                    }
                }
            });
            readers[i].start();
        }

        for (int i = 0; i < 50; i++) move(i % 2 == 0 ? FRENCH : GERMAN);
        done.set(true);
        for (var reader : readers) reader.join();

        assertThat(surprises).hasValue(0);
    }
}
