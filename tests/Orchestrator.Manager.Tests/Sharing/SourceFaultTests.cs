using Orchestrator.Manager.Sharing;
using P = Orchestrator.Protocol.V1;

namespace Orchestrator.Manager.Tests.Sharing;

public sealed class SourceFaultTests
{
    [Fact]
    public void Each_fault_has_the_same_number_on_the_wire() => Assert.Equal(
        Enum.GetValues<P.SourceFault>().Select(f => ($"{f}", (int)f)),
        Enum.GetValues<SourceFault>().Select(f => ($"{f}", (int)f)));
}
