using Orchestrator.Linux.Processes;
using Orchestrator.Oci.Bundle;
using Orchestrator.Runtime.Init;
using Orchestrator.Testing;

namespace Orchestrator.Runtime.Tests.Security;

/// <summary>CVE-2019-5736: the runtime's binary is overwritten from inside, through /proc/PID/exe.</summary>
public sealed class RuntimeBinaryTests
{
    [RootFact]
    public void What_every_container_begins_as_cannot_be_written_to()
    {
        using var file = new FileStream(InitImage.PathBeyond(3), FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);

        Assert.Throws<UnauthorizedAccessException>(() => file.Write("#!/evil"u8));
        Assert.ThrowsAny<Exception>(() => file.SetLength(0));
    }

    [RootFact]
    public void A_container_with_all_capabilities_cannot_write_to_the_init_it_runs_under()
    {
        var all = Capabilities.All.ToArray();
        using var container = new TestContainer("/bin/sh", "-c",
            "readlink /proc/1/exe; (echo evil > /proc/1/exe) 2>&1; (exec 3</proc/1/exe; echo evil > /proc/self/fd/3) 2>&1; dd if=/proc/1/exe bs=4 count=1 2>/dev/null | grep -c ELF");
        container.Spec = container.Spec with
        {
            Process = container.Spec.Process! with
            {
                Capabilities = new() { Bounding = all, Effective = all, Permitted = all },
            },
            Annotations = new() { [RuntimeSpec.ReaperAnnotation] = "true" },
        };

        var lines = container.Run().Output.Split('\n');

        Assert.Equal("/memfd:orch-init (deleted)", lines[0]);
        Assert.EndsWith("Text file busy", lines[1], StringComparison.Ordinal);
        Assert.EndsWith("Text file busy", lines[2], StringComparison.Ordinal);
        Assert.Equal("1", lines[3]);
    }

    [RootFact]
    public void A_program_that_is_a_link_to_what_executes_it_gets_nowhere()
    {
        using var container = new TestContainer("/entry");
        File.CreateSymbolicLink($"{container.RootFs}/entry", "/proc/self/exe");

        var (code, output, _) = container.Run();

        Assert.NotEqual(0, code);
        Assert.Empty(output);
    }
}
