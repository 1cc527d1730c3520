package dev.sallyport.network.realm;

import com.maxmind.db.CHMCache;
import com.maxmind.db.Reader;
import dev.sallyport.network.Address;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/**
 * A database in a file that may be replaced at any time. It is held in memory as a whole, so that a request never waits for a
 * disk and never sees half of a file; every few seconds one request looks whether the file is another one by now.
 */
final class DatabaseFile {

    private static final Logger LOG = Logger.getLogger(DatabaseFile.class);

    static final Duration BETWEEN_LOOKS = Duration.ofSeconds(2);

    /** The largest that is read; the largest of MaxMind's is well below. */
    private static final long MAX_SIZE = 1L << 30;

    private final Path path;
    private final LongSupplier nanoTime;
    private final ReentrantLock looking = new ReentrantLock();

    private final AtomicReference<Loaded> loaded = new AtomicReference<>(Loaded.NOTHING);
    private volatile long nextLook;
    private Version seen = Version.NONE;

    DatabaseFile(Path path) {
        this(path, System::nanoTime);
    }

    DatabaseFile(Path path, LongSupplier nanoTime) {
        this.path = path;
        this.nanoTime = nanoTime;
        this.nextLook = nanoTime.getAsLong();
    }

    /** Which file it is; one that is moved into its place has another key. */
    private record Version(Optional<FileTime> modified, long size, String key) {

        static final Version NONE = new Version(Optional.empty(), 0, "");

        static Version of(Path path) {
            try {
                var file = Files.readAttributes(path, BasicFileAttributes.class);
                return new Version(Optional.of(file.lastModifiedTime()), file.size(), String.valueOf(file.fileKey()));
            } catch (IOException e) {
                return NONE;
            }
        }
    }

    /**
     * @param reader empty when the file is missing or damaged
     */
    private record Loaded(Version version, Optional<Reader> reader) {

        static final Loaded NOTHING = new Loaded(new Version(Optional.empty(), -1, ""), Optional.empty());

        boolean damaged() {
            return reader.isEmpty() && !version.equals(Version.NONE);
        }
    }

    /** @return empty when the database does not have the address, or there is no database that can be read */
    <T> Optional<T> find(Address address, Class<T> type) {
        look();
        var current = loaded.get();
        try {
            return current.reader().isEmpty()
                    ? Optional.empty()
                    : Optional.ofNullable(current.reader().get().get(address.inet(), type));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // an IPv6 address, and the database has none
        } catch (IOException | RuntimeException e) {
            // NB. Found damaged only now. It is not asked again, so that it is not said again either.
            if (loaded.compareAndSet(current, new Loaded(current.version(), Optional.empty()))) {
                LOG.errorf("database %s is damaged; what it should know is unknown: %s", path, e.getMessage());
            }
            return Optional.empty();
        }
    }

    private void look() {
        if (nanoTime.getAsLong() - nextLook < 0) return;
        // NB. The first look is waited for; later ones are made by one request, while others use what is there.
        if (loaded.get() == Loaded.NOTHING) looking.lock();
        else if (!looking.tryLock()) return;
        try {
            if (nanoTime.getAsLong() - nextLook < 0) return;
            reload();
        } finally {
            nextLook = nanoTime.getAsLong() + BETWEEN_LOOKS.toNanos();
            looking.unlock();
        }
    }

    private void reload() {
        var now = Version.of(path);
        var current = loaded.get();
        if (now.equals(current.version())) return;
        // NB. Only once it has stopped changing, since whoever does not move a file into its place is still writing it.
        boolean settled = now.equals(seen) || current == Loaded.NOTHING || current.damaged();
        seen = now;
        if (settled) load(now);
    }

    private void load(Version version) {
        if (version.equals(Version.NONE)) {
            LOG.warnf("database %s is missing; what it should know is unknown", path);
            loaded.set(new Loaded(version, Optional.empty()));
            return;
        }
        try {
            if (version.size() > MAX_SIZE) throw new IOException("it is larger than " + MAX_SIZE + " bytes");
            var bytes = Files.readAllBytes(path);
            if (!Version.of(path).equals(version)) return; // it changed meanwhile; the next look takes it up
            var reader = new Reader(new ByteArrayInputStream(bytes), new CHMCache());
            loaded.set(new Loaded(version, Optional.of(reader)));
            LOG.infof("database %s was read", path);
        } catch (IOException | RuntimeException e) {
            LOG.errorf("database %s cannot be read; what it should know is unknown: %s", path, e.getMessage());
            loaded.set(new Loaded(version, Optional.empty()));
        }
    }
}
