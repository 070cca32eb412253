using System.Globalization;
using System.IO.MemoryMappedFiles;
using Orchestrator.Linux.Processes;

namespace Orchestrator.Linux.Tests.Processes;

public sealed class IdleMemoryTests
{
    private const long Megabyte = 1 << 20;

    [Fact]
    public void Memory_is_given_back_once_after_each_busy_time_and_never_during_it()
    {
        var memory = new IdleMemory(TimeProvider.System);

        // Busy, busy, at rest; then nothing worth it; then little by little until it is; then busy again.
        double[] allocated = [40, 90, 90, 90, 92, 93, 93, 93.9, 94.8, 150, 150];
        var due = allocated.Select(megabytes => memory.IsDue((long)(megabytes * Megabyte))).ToArray();

        Assert.Equal([false, false, true, false, false, false, false, false, true, false, true], due);
    }

    [Theory]
    [InlineData("7f00-8f00 r-xp 0000a000 fe:00 54 /usr/bin/program", true)]
    [InlineData("7f00-8f00 r--s 0000a000 fe:00 54 /usr/lib/with a space.dll", true)]
    [InlineData("7f00-8f00 rw-p 0000a000 fe:00 54 /usr/bin/program", false)]
    [InlineData("7f00-8f00 rw-s 0000a000 fe:00 54 /var/data", false)]
    [InlineData("7f00-8f00 r--s 00000000 00:01 54 /memfd:doublemapper (deleted)", false)]
    [InlineData("7f00-8f00 r-xp 00000000 00:00 0  [vdso]", false)]
    [InlineData("7f00-8f00 r--p 00000000 00:00 0 ", false)]
    public void Only_what_can_be_read_again_is_let_go(string line, bool droppable) =>
        Assert.Equal(droppable ? new FileMapping(0x7f00, 0x1000) : null, ResidentPages.Candidate(line));

    /// <summary>Of a file of this test's own: other tests of this process load libraries meanwhile.</summary>
    [Fact]
    public void Pages_that_were_let_go_take_no_memory_and_are_read_again_when_they_are_used()
    {
        var path = Path.GetTempFileName();
        var content = Enumerable.Range(0, 1 << 16).Select(n => (byte)(n % 251)).ToArray();
        File.WriteAllBytes(path, content);
        var before = ResidentPages.Unchanged().ToHashSet();
        using (var file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read))
        using (var view = file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read))
        {
            Assert.Equal(content, Read(view, content.Length));
            Assert.Equal(64, ResidentKilobytes(path));

            ResidentPages.Drop(ResidentPages.Unchanged().Where(m => m.Length == (nuint)content.Length).Except(before).ToHashSet());

            Assert.Equal(0, ResidentKilobytes(path));
            Assert.Equal(content, Read(view, content.Length));
        }

        File.Delete(path);
    }

    private static byte[] Read(MemoryMappedViewAccessor view, int length)
    {
        var bytes = new byte[length];
        view.ReadArray(0, bytes, 0, length);
        return bytes;
    }

    private static int ResidentKilobytes(string path) => int.Parse(
        File.ReadLines("/proc/self/smaps").SkipWhile(line => !line.EndsWith(path, StringComparison.Ordinal))
            .First(line => line.StartsWith("Rss:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);
}
