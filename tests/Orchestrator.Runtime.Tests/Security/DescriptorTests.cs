using Orchestrator.Oci.Bundle;
using Orchestrator.Oci.Shim;
using Orchestrator.Testing;

namespace Orchestrator.Runtime.Tests.Security;

/// <summary>CVE-2016-9962, CVE-2024-21626: a descriptor or a working directory of the host leaks in.</summary>
public sealed class DescriptorTests
{
    [RootFact]
    public void A_working_directory_by_any_open_descriptor_is_refused_or_the_containers_own()
    {
        for (var fd = 3; fd < 9; fd++)
        {
            using var container = new TestContainer("/bin/sh", "-c", "readlink /proc/self/cwd; ls ../../../../../..");
            Directory.CreateDirectory($"{container.RootFs}/marker");
            File.CreateSymbolicLink($"{container.RootFs}/work", $"/proc/self/fd/{fd}"); // As WORKDIR of an image.
            container.Spec = container.Spec with
            {
                Process = container.Spec.Process! with { Cwd = fd % 2 == 0 ? "/work" : $"/proc/self/fd/{fd}" },
            };

            var (code, output, _) = container.Run();

            Assert.True(code != 0 || output.Contains("marker", StringComparison.Ordinal), $"{fd}: {output}");
        }
    }

    [RootFact]
    public async Task A_program_has_its_three_descriptors_and_no_more_also_when_executed_later()
    {
        using var container = new TestContainer("/bin/sh", "-c", "ls /proc/self/fd; sleep 60");
        var shim = await container.CreateAsync();
        await shim.StartAsync(CancellationToken.None);

        // What an exec is given: 3 is the directory that ls reads.
        var exec = await shim.ExecAsync(
            new ExecSpec { Process = new ProcessSpec { Args = ["/bin/sh", "-c", "test \"$(echo $(ls /proc/self/fd))\" = '0 1 2 3'"] } },
            CancellationToken.None);

        Assert.Equal(0, (await shim.WaitExecAsync(exec.ExecId, CancellationToken.None)).ExitCode);
        Assert.Equal(4, File.ReadLines(container.LogPath).Count());
    }

    [RootFact]
    public async Task An_exec_in_a_directory_by_descriptor_is_refused()
    {
        using var container = new TestContainer("/bin/sleep", "60");
        var shim = await container.CreateAsync();
        await shim.StartAsync(CancellationToken.None);

        for (var fd = 3; fd < 9; fd++)
        {
            var process = new ProcessSpec { Args = ["/bin/true"], Cwd = $"/proc/self/fd/{fd}" };
            await Assert.ThrowsAsync<ShimException>(
                () => shim.ExecAsync(new ExecSpec { Process = process }, CancellationToken.None));
        }
    }
}
