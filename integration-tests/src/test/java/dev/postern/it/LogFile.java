package dev.postern.it;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The log of a server on this machine. */
record LogFile(Path file) implements ServerLog {

    @Override
    public long end() throws IOException {
        return Files.size(file);
    }

    @Override
    public String since(long place) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            ByteBuffer buffer = ByteBuffer.allocate(Math.toIntExact(channel.size() - place));
            while (buffer.hasRemaining() && channel.read(buffer, place + buffer.position()) >= 0) {
                // A read may bring less than was asked for.
            }
            return new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8)
                    .replace("\n\t", "\n");
        }
    }
}
