using System.Runtime.InteropServices;
using BillionHearts.Bench;
using Microsoft.Extensions.Configuration;

// Measures a running topology (`./run` in another terminal) from outside, through the gateway, and prints tables; telemetry, rows, similar and
// webhooks start their own topologies.
// Only exact, fuzz and kills pass or fail. The other figures are for people, and are kept in docs/performance.md with their command.
var command = args.FirstOrDefault() ?? "help";
var options = new ConfigurationBuilder().AddCommandLine([.. args.Skip(1)]).Build();
using var stop = new CancellationTokenSource();
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

try
{
    switch (command)
    {
        case "analysis":
            await AnalysisBench.RunAsync(options, stop.Token);
            return 0;
        case "flood":
            await FloodBench.RunAsync(options, stop.Token);
            return 0;
        case "heavy":
            await HeavyBench.RunAsync(options, stop.Token);
            return 0;
        case "journey":
            await JourneyBench.RunAsync(options, stop.Token);
            return 0;
        case "uploads":
            await UploadBench.RunAsync(options, stop.Token);
            return 0;
        case "capacity":
            await CapacityBench.RunAsync(options, stop.Token);
            return 0;
        case "cost":
            await CostBench.RunAsync(options, stop.Token);
            return 0;
        case "hashes":
            HashBench.Run(options, stop.Token);
            return 0;
        case "similar":
            await SimilarBench.RunAsync(options, stop.Token);
            return 0;
        case "sustained":
            await SustainedBench.RunAsync(options, stop.Token);
            return 0;
        case "exact":
            return await ExactBench.RunAsync(options, stop.Token) ? 0 : 1;
        case "fuzz":
            return await FuzzBench.RunAsync(options, stop.Token) ? 0 : 1;
        case "kills":
            return await KillsBench.RunAsync(options, stop.Token) ? 0 : 1;
        case "mix":
            await MixBench.RunAsync(options, stop.Token);
            return 0;
        case "pairs":
            await PairBench.RunAsync(options, stop.Token);
            return 0;
        case "peers":
            await PeerBench.RunAsync(options, stop.Token);
            return 0;
        case "edge":
            await EdgeBench.RunAsync(options, stop.Token);
            return 0;
        case "renditions":
            await RenditionBench.RunAsync(options, stop.Token);
            return 0;
        case "rows":
            await RowsBench.RunAsync(options, stop.Token);
            return 0;
        case "streams":
            await StreamsBench.RunAsync(options, stop.Token);
            return 0;
        case "webhooks":
            await WebhooksBench.RunAsync(options, stop.Token);
            return 0;
        case "telemetry":
            await TelemetryBench.RunAsync(options, stop.Token);
            return 0;
        default:
            Console.WriteLine("""
                BillionHearts.Bench <command> [--gateway http://localhost:8080] [--option value]…

                  analysis  the whole analysis of a photo compared with sharp, in one run; needs no topology     --count 40 --rounds 3 --width 4000 --height 3000
                  capacity  the highest rate of uploads with P99 within a limit                   --first 20 --step 10 --last 200 --seconds 30 --limit 100
                  cost      processor time of each program for an upload, until it is analyzed      --rate 10 --seconds 30 --idle 20 --warm-up 30
                  edge      cached media compared with files from nginx, in one run: rate and latency     --rounds 5 --seconds 5 --connections 16 --rate 2000 --steady 30 --turns 3
                  exact     files of random sizes come back bit for bit; exits 1 if not           --count 1000 --largest 5000000 --seed 1
                  flood     uploads without and with a flood of sign-ins, in one run       --rate 20 --flood 50 --seconds 60
                  fuzz      damaged files to decoder processes; exits 1 if one ends or hangs; needs no topology     --count 20000 --seed 1 --folder <seed files>
                  hashes    precision and recall of near-duplicates by distance; needs no topology   --pictures 300 --distinct 3000 --photos <folder>
                  heavy     200 good images without and with one of 100 megapixels: times, memory of the worker     --rate 8 --count 200 --side 10000 --warm-up 30
                  journey   one photo at a time: until answered, until the analyzed event   --count 30
                  kills     events while notifications, gateway, broker and client are killed; exits 1 if one is missed   --events 1000 --kills 20 --pause 8
                  mix       uploads and ten times as many reads of media, at the same time       --seconds 300 --uploads-per-second 4 --reads-per-second 40 --images 200
                  pairs     404 for another user's uploads and for none, in turns; needs tokens        --pairs 200 --rounds 3
                  peers     metadata POST and GET compared with the original service, in one run     --connections 16 --rounds 3 --seconds 8
                  renditions  new renditions of 12-megapixel photos compared with sharp, in one run          --count 200 --block 20 --warm-up 5 --peer-alone false
                  rows      an image and a list with more and more rows; starts its own topology     --rows 10000,1000000,10000000 --seconds 15 --warm-up 5 --connections 4
                  similar   near-duplicates and search with many images of one user; starts its own topology   --images 100000 --count 1000
                  streams   many open event streams: memory, and the time to the client     --streams 2000 --events 100 --rate 4
                  sustained the highest rate that the system keeps up with, analysis included     --first 20 --step 5 --last 100 --minutes 10 --warm-up 30 --limit 100 --analyzed-limit 5000
                  telemetry the cost of exporting for uploads; starts two topologies, in turns     --rounds 12 --seconds 4 --concurrency 8 --control false
                  uploads   small photos at a fixed rate (open loop): latency of the answer     --rate 20 --seconds 60 --warm-up 5 --width 1400 --height 1050 --quality 85 --pictures 1000
                  webhooks  another user's webhooks beside many to a slow receiver; starts its own topology    --waiting 10000 --count 200 --delay 10 --interval 100
                """);
            return command is "help" or "--help" ? 0 : 2;
    }
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    return 130;
}

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}
