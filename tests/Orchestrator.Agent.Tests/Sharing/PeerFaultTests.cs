using Orchestrator.Images.Sharing;
using P = Orchestrator.Protocol.V1;

namespace Orchestrator.Agent.Tests.Sharing;

public sealed class PeerFaultTests
{
    [Fact]
    public void Each_fault_has_the_same_number_on_the_wire() => Assert.Equal(
        Enum.GetValues<P.SourceFault>().Select(f => ($"{f}", (int)f)),
        Enum.GetValues<PeerFault>().Select(f => ($"{f}", (int)f)));
}
