namespace Orchestrator.Engine.Logs;

/// <summary>Finds where the last lines of a log begin, reading backwards.</summary>
internal static class LogTail
{
    /// <summary>
    /// Positions the files so that reading on from there yields the last <paramref name="lines"/> lines.
    /// </summary>
    /// <param name="files">Oldest first.</param>
    /// <returns>How many of the oldest are not needed at all.</returns>
    public static int Seek(IReadOnlyList<FileStream> files, int lines, LogCodec codec)
    {
        for (var index = files.Count - 1; index >= 0; index--)
        {
            lines -= codec.SeekBack(files[index], lines);
            if (lines <= 0)
                return index;
        }

        return 0;
    }
}
