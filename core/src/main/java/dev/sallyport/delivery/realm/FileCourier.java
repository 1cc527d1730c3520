package dev.sallyport.delivery.realm;

import dev.sallyport.delivery.Message;
import dev.sallyport.outbound.realm.Deadline;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;

/** Appends messages to a file as lines, which are on the disk before they count as taken. */
record FileCourier(Path file) implements Courier {

    private static final Set<OpenOption> OPTIONS = Set.of(
            StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);

    @Override
    public Outcome send(List<Message> messages, Deadline deadline) {
        var lines = new ByteArrayOutputStream();
        for (var message : messages) lines.writeBytes((message.body() + "\n").getBytes(StandardCharsets.UTF_8));
        try {
            append(lines.toByteArray());
            return Outcome.taken(messages.size());
        } catch (IOException | OverlappingFileLockException e) {
            return Outcome.stopped(
                    0,
                    Failure.unavailable(
                            "The file cannot be written to: " + e.getClass().getSimpleName() + "."));
        }
    }

    private void append(byte[] lines) throws IOException {
        // NB. A pipe or a device would keep us waiting, or take what it is given elsewhere.
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS) && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("not a file");
        }
        try (var channel = FileChannel.open(file, OPTIONS, permissions());
                var lock = channel.tryLock()) {
            if (lock == null) throw new IOException("locked by somebody else");
            long end = channel.size();
            try {
                channel.position(end);
                if (broken(channel, end)) write(channel, new byte[] {'\n'});
                write(channel, lines);
                channel.force(true);
            } catch (IOException e) {
                channel.truncate(end);
                throw e;
            }
        }
    }

    /** Whether somebody was killed in the middle of a line. */
    private static boolean broken(FileChannel channel, long end) throws IOException {
        if (end == 0) return false;
        var last = ByteBuffer.allocate(1);
        return channel.read(last, end - 1) == 1 && last.get(0) != '\n';
    }

    private static void write(FileChannel channel, byte[] bytes) throws IOException {
        var buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) channel.write(buffer);
    }

    /** Whom it belongs to, and whatever collects logs by its group. */
    private static FileAttribute<?>[] permissions() {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----"))
                }
                : new FileAttribute<?>[0];
    }
}
