package org.referralhub.testing;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;

/** Writes a picture of a page with its 256 most frequent colours, so that the handbook stays small. */
final class Palette {
    private static final int COLOURS = 256;

    private Palette() {}

    static void write(byte[] picture, Path file) {
        try {
            BufferedImage full = ImageIO.read(new ByteArrayInputStream(picture));
            Map<Integer, Integer> counts = new HashMap<>();
            for (int y = 0; y < full.getHeight(); y++) {
                for (int x = 0; x < full.getWidth(); x++) {
                    counts.merge(full.getRGB(x, y) & 0xFFFFFF, 1, Integer::sum);
                }
            }
            List<Integer> colours = counts.entrySet().stream()
                    .sorted(Map.Entry.<Integer, Integer>comparingByValue(Comparator.reverseOrder()))
                    .limit(COLOURS)
                    .map(Map.Entry::getKey)
                    .toList();
            Files.createDirectories(file.toAbsolutePath().getParent());
            ImageIO.write(reduced(full, colours), "png", file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static BufferedImage reduced(BufferedImage full, List<Integer> colours) {
        int[] table = colours.stream().mapToInt(Integer::intValue).toArray();
        IndexColorModel model = new IndexColorModel(8, table.length, table, 0, false, -1, 0);
        BufferedImage reduced =
                new BufferedImage(full.getWidth(), full.getHeight(), BufferedImage.TYPE_BYTE_INDEXED, model);
        Map<Integer, Integer> places = new HashMap<>();
        for (int y = 0; y < full.getHeight(); y++) {
            for (int x = 0; x < full.getWidth(); x++) {
                int place = places.computeIfAbsent(full.getRGB(x, y) & 0xFFFFFF, colour -> nearest(table, colour));
                reduced.getRaster().setSample(x, y, 0, place);
            }
        }
        return reduced;
    }

    private static int nearest(int[] table, int colour) {
        int best = 0;
        int least = Integer.MAX_VALUE;
        for (int i = 0; i < table.length; i++) {
            int red = ((table[i] >> 16) & 0xFF) - ((colour >> 16) & 0xFF);
            int green = ((table[i] >> 8) & 0xFF) - ((colour >> 8) & 0xFF);
            int blue = (table[i] & 0xFF) - (colour & 0xFF);
            int distance = red * red + green * green + blue * blue;
            if (distance < least) {
                least = distance;
                best = i;
            }
        }
        return best;
    }
}
