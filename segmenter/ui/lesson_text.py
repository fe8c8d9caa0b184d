"""What the page *How EM works* says; `{name}` is where a picture of that name belongs."""

from __future__ import annotations

TITLE = "How EM works"

TEXT = """
<h2>How EM works</h2>
<p>An image shows a few <i>kinds</i> of pixel: wood, coffee, cup. Nobody has told the program
which pixel is of which kind, nor what the kinds look like. Knowing the one would make the other
easy: from the classes of the pixels one could compute the colour of every class, and from the
colours of the classes the class of every pixel. Expectation-Maximization, EM for short, begins
with a guess of the one and goes back and forth between the two until nothing changes any
more.</p>

<h3>The mixture</h3>
<p>Every class is a cloud of colours: it has a <b>mean</b> μ (its typical colour), a <b>spread</b>
Σ (how far, and in which direction, colours stray from it) and a <b>share</b> π (how much of the
image it covers). All clouds together are the <b>mixture</b>. In the pictures below, left is the
image with every pixel in the colour of its most probable class; right is every pixel by its red
and its blue, and the ellipses are the clouds.</p>

<h3>E-step and M-step</h3>
<p>The <b>E-step</b> looks at the mixture as it is and asks of every pixel how probable each class
is for it. A pixel deep inside one cloud is certainly of it; one between two clouds belongs to
both, say 70&nbsp;% to the one and 30&nbsp;% to the other. These probabilities are the soft
masks.</p>
<p>The <b>M-step</b> takes the probabilities as they are and computes share, mean and spread of
every class anew, from all pixels, each counted by its probability. The clouds move to where their
pixels are, and the next E-step colours the pixels anew.</p>
<table cellpadding="4"><tr><td>{first}</td><td>{second}</td></tr>
<tr><td>{third}</td><td>{last}</td></tr></table>
<p>To see it on your own image, open <i>Run &gt; Step through EM</i> (F9) and press F10 for half a
step at a time: first the colours change, then the ellipses and numbers.</p>

<h3>Why the likelihood never falls</h3>
<p>The <b>log-likelihood</b> says how well the mixture explains the image: the higher, the more
probable are the colours that are really there. The E-step finds, with the mixture held still, the
best split of every pixel among the classes; the M-step finds, with the split held still, the best
mixture. Neither can make things worse, so the curve under <i>Convergence</i> only rises, steeply
at first, then less and less. When no more than the tolerance is left to gain, EM has
<b>converged</b>. Where the steps have become small and always lead the same way, the program
dares a <b>leap</b> along it, and keeps it only if the log-likelihood has risen.</p>

<h3>Starts and local optima</h3>
<p>EM only climbs. If it begins on the slope of a small hill it ends on top of the small hill, and
never learns of the mountain beside it. Here the same image, begun at other pixels, ends
elsewhere; compare the log-likelihood with that above:</p>
<table cellpadding="4"><tr><td>{poor}</td><td></td></tr></table>
<p>So the program looks for a good start first: short runs from many places, and swaps that split
one class and merge two others; the best goes on. That is why a run usually has little way left.
With <i>Random start</i> in the panel you see all of it, and with another <i>Seed</i> another
one.</p>

<h3>k-means, the hard twin</h3>
<p>k-means does the same dance without doubts. Its half steps are: <b>assign</b>, every pixel goes
wholly to the nearest centre; and <b>move</b>, every centre goes to the mean of its pixels. Its
<b>cost</b> J, the squared distance of a pixel to its centre, plays the part of the
log-likelihood: neither half step can raise it, and when no centre moves any more, k-means is at
rest. From the same start, after as many iterations, left EM and right k-means, whose crosses are
the centres:</p>
<table cellpadding="4"><tr><td>{third}</td><td>{hard}</td></tr></table>
<p>That is quicker to explain, but all clouds are taken as round and equally large: it cuts a wide
cloud to feed a narrow one beside it, and it cannot say how sure it is.</p>
<table cellpadding="4"><tr><td>{last}</td><td>{k-means}</td></tr></table>
<p><i>Compare</i> (C) shows both ends left and right of a divider. <i>Run &gt; k-means beside</i>
(K) lets k-means go by half steps beside EM: right of the divider, as crosses in the scatter and
upright lines in the histogram, and in the flow chart.</p>

<h3>Missing values</h3>
<p>The E-step can do with less: if a pixel has lost its red, its class is told by its green and
blue. And because the mixture knows which reds go with which greens and blues, it also knows what
to expect in the hole. Nothing is filled in beforehand, and no pixel is thrown away.</p>
<table cellpadding="4"><tr><td>{damaged}</td><td>{mended}</td></tr></table>

<h3>Neighbours: field and chain</h3>
<p>A plain mixture sees one pixel at a time, so noise becomes specks. But neighbours tend to be of
one class. A <b>hidden Markov field</b> lets every pixel's expectation depend on what its
neighbours are expected to be; the E-step then goes round until they agree. A <b>hidden Markov
chain</b> threads all pixels on one long curve that stays in a neighbourhood as long as it can;
along a thread the E-step is exact, forwards and backwards once. The M-step is the same as
ever.</p>
<table cellpadding="4"><tr><td>{by-none}</td><td>{by-field}</td></tr>
<tr><td></td><td>{by-chain}</td></tr></table>

<h3>How many classes? BIC</h3>
<p>With more components the log-likelihood always gets higher: with one for every pixel it would
be perfect, and useless. <b>BIC</b> takes a price for every number that a component brings with
it, the higher the more pixels speak; the number of components that is worth its price wins.
<i>Auto</i> beside <i>Components</i> does that for you. <b>ICL</b> asks besides that classes
overlap little. Pixels side by side tell much the same, so both count fewer pixels than there
are: as many as are worth independent ones.</p>
<table cellpadding="4"><tr><td>{bic}</td><td></td></tr></table>

<p>All pictures on this page were made by the program itself when you opened it.</p>
"""
