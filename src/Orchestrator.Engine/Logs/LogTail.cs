namespace Orchestrator.Engine.Logs;

/// <summary>Finds where the last lines of a log begin, reading backwards.</summary>
internal static class LogTail
{
    private const int ChunkBytes = 64 << 10;

    /// <summary>
    /// Positions the files so that reading on from there yields the last <paramref name="lines"/> lines.
    /// </summary>
    /// <param name="files">Oldest first.</param>
    /// <returns>How many of the oldest are not needed at all.</returns>
    public static int Seek(IReadOnlyList<FileStream> files, int lines)
    {
        for (var index = files.Count - 1; index >= 0; index--)
        {
            lines -= SeekBack(files[index], lines);
            if (lines <= 0)
                return index;
        }

        return 0;
    }

    /// <returns>How many lines of the wanted ones the file holds.</returns>
    private static int SeekBack(FileStream file, int lines)
    {
        var buffer = new byte[ChunkBytes];
        var (position, found) = (file.Length, 0);
        if (lines == 0)
        {
            file.Position = position;
            return 0;
        }

        while (position > 0)
        {
            var size = (int)Math.Min(ChunkBytes, position);
            position -= size;
            file.Position = position;
            file.ReadExactly(buffer, 0, size);
            for (var at = size - 1; at >= 0; at--)
            {
                // The newline that ends the line before the first wanted one.
                if (buffer[at] != '\n' || ++found <= lines)
                    continue;
                file.Position = position + at + 1;
                return lines;
            }
        }

        file.Position = 0;
        return found;
    }
}
